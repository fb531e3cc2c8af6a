using SecureBase.Core.Kernel;

namespace SecureBase.Portal.Api;

/// <summary>An endpoint's refusal, to stand beside its success in <c>Results&lt;…&gt;</c>.</summary>
internal sealed class ProblemAnswer(ApiProblem problem) : IResult, IStatusCodeHttpResult
{
    public ApiProblem Problem => problem;

    /// <summary>The client may still be sending a body that nobody has read; see <see cref="UnreadBody"/>.</summary>
    public bool DropsBody { get; init; }

    public int? StatusCode => problem.Status;

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        await ApiProblems.WriteAsync(httpContext, problem);
        if (DropsBody)
            await UnreadBody.DropAsync(httpContext);
    }

    public static implicit operator ProblemAnswer(Error error) => new(ApiProblems.Of(error));

    public static implicit operator ProblemAnswer(ApiProblem problem) => new(problem);
}
