using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Diagnostics;
using Npgsql;
using SecureBase.Core.Access.Metering;
using SecureBase.Core.Tenancy;
using SecureBase.Portal.Account;
using SecureBase.Portal.Api;

namespace SecureBase.Portal.Hosting;

/// <summary>
/// Answers what was thrown: a problem for programs, a page for people. Neither says more than a trace id; the log has the rest.
/// </summary>
internal sealed class FailureHandler(ILogger<FailureHandler> log) : IExceptionHandler
{
    private const int ClientClosedRequest = 499;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        var request = httpContext.Request;
        if (exception is ConnectionResetException || httpContext.RequestAborted.IsCancellationRequested)
        {
            httpContext.Response.StatusCode = ClientClosedRequest;
            return true;
        }

        var problem = exception switch
        {
            BadHttpRequestException bad => ApiProblems.Unreadable(bad, httpContext),
            _ when IsOutage(exception) => ApiProblems.Unavailable,
            _ => ApiProblems.Failed,
        };
        if (problem.Status == StatusCodes.Status503ServiceUnavailable)
            log.DatabaseUnreachable(exception, request.Method, request.Path);
        else if (problem.Status == StatusCodes.Status500InternalServerError)
            log.RequestFailed(exception, request.Method, request.Path);

        try
        {
            await (PathKind.IsForPrograms(request.Path)
                ? ApiProblems.WriteAsync(httpContext, problem)
                : PageFor(problem.Status, LocalUrl.OrStart(request.Path)).ExecuteAsync(httpContext));
        }
        catch (OperationCanceledException) when (httpContext.RequestAborted.IsCancellationRequested)
        {
            // A connection that breaks is known by the failed read first and by its token a moment later: nobody is there to be answered.
        }

        return true;
    }

    private static IResult PageFor(int status, string path) => status switch
    {
        StatusCodes.Status500InternalServerError => StatusPages.Failed(path),
        StatusCodes.Status503ServiceUnavailable => StatusPages.Unavailable(path),
        _ => StatusPages.Unreadable(status),
    };

    // EF Core wraps the driver's failure, so the whole chain is looked at.
    private static bool IsOutage(Exception? failure)
    {
        for (; failure is not null; failure = failure.InnerException)
        {
            if (failure is DirectoryUnavailableException or AllowanceUnavailableException or PostgresException { IsTransient: true } or NpgsqlException { InnerException: SocketException or TimeoutException or IOException })
                return true;
        }

        return false;
    }
}
