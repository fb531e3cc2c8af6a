using SecureBase.Core.Kernel;

namespace SecureBase.Portal.Api;

/// <summary>An endpoint's refusal, to stand beside its success in <c>Results&lt;…&gt;</c>.</summary>
internal sealed class ProblemAnswer(ApiProblem problem) : IResult, IStatusCodeHttpResult
{
    public ApiProblem Problem => problem;

    public int? StatusCode => problem.Status;

    public Task ExecuteAsync(HttpContext httpContext) => ApiProblems.WriteAsync(httpContext, problem);

    public static implicit operator ProblemAnswer(Error error) => new(ApiProblems.Of(error));

    public static implicit operator ProblemAnswer(ApiProblem problem) => new(problem);
}
