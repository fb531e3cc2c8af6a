using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.Extensions.Options;
using SecureBase.Core.Kernel;

namespace SecureBase.Portal.Api;

/// <summary>Says in the words of the contract what is wrong with a body that could not be read: where, which field, what it takes.</summary>
internal static partial class JsonFault
{
    private const string WholeBody = "body";

    internal static ApiProblem Of(BadHttpRequestException bad, HttpContext context)
    {
        if (context.Features.Get<JsonBody>() is not { } sent)
            return ApiProblems.OfStatus(StatusCodes.Status400BadRequest);
        if (sent.Bytes.IsEmpty)
            return Problem(WholeBody, "The body is empty: send a JSON object.");
        if (bad.InnerException is not JsonException fault)
            return Problem(WholeBody, "The body must be a JSON object.");

        var field = Field(fault.Path);
        if (fault.InnerException is JsonException malformed)
            return Malformed(field, fault, malformed.Message);
        if (IsDuplicate(fault))
            return Problem(field, $"{field} is given more than once.");

        var options = context.RequestServices.GetRequiredService<IOptions<JsonOptions>>().Value.SerializerOptions;
        var expected = sent.Type is null ? null : TypeAt(fault.Path, sent.Type, options);
        return Problem(field, $"{(field == WholeBody ? "The body" : field)} must be {Describe(expected)}.");
    }

    private static ApiProblem Malformed(string field, JsonException fault, string reason)
    {
        var line = (fault.LineNumber ?? 0) + 1;
        var position = (fault.BytePositionInLine ?? 0) + 1;
        var where = string.Create(CultureInfo.InvariantCulture, $"line {line}, position {position}");
        var message = $"This is not valid JSON at {where}: {Position().Replace(reason, "").TrimEnd('.')}.";
        return Problem(field, message) with { Code = "malformed_json", Title = "Malformed JSON" };
    }

    private static ApiProblem Problem(string field, string message) => ApiProblems.Invalid(StatusCodes.Status400BadRequest, field, message);

    // The serializer has no other mark for it.
    private static bool IsDuplicate(JsonException fault) => fault.Message.StartsWith("Duplicate propert", StringComparison.Ordinal);

    /// <summary><c>$.tags[1]</c> is <c>tags[1]</c> to people; the root is the body.</summary>
    private static string Field(string? path) => path switch
    {
        null or "" or "$" => WholeBody,
        _ when path.StartsWith("$.", StringComparison.Ordinal) => path[2..],
        _ => path[1..],
    };

    private static Type? TypeAt(string? path, Type body, JsonSerializerOptions options)
    {
        var type = body;
        foreach (Match step in Step().Matches(path ?? ""))
        {
            var info = options.GetTypeInfo(type);
            type = step.Value[0] == '['
                ? info.ElementType
                : info.Properties.FirstOrDefault(p => p.Name == step.Groups["name"].Value)?.PropertyType;
            if (type is null)
                return null;
        }

        return type;
    }

    private static string Describe(Type? type)
    {
        type = type is null ? null : Nullable.GetUnderlyingType(type) ?? type;
        return type switch
        {
            null => "of another type",
            { IsEnum: true } => "one of " + string.Join(", ", WireName.NamesOf(type)),
            _ when type == typeof(string) => "text of valid Unicode characters",
            _ when type == typeof(bool) => "true or false",
            _ when type == typeof(int) || type == typeof(long) => "a whole number, not in quotes",
            _ when type == typeof(decimal) || type == typeof(double) => "a number, not in quotes",
            _ when type == typeof(Guid) => "an id such as 01890a5d-ac96-774b-bcce-b302099a8057",
            _ when type == typeof(DateTimeOffset) => "a time such as 2026-12-01T09:00:00Z",
            _ when type == typeof(DateOnly) => "a date such as 2026-12-01",
            _ when type.IsAssignableTo(typeof(IEnumerable)) => "a list",
            _ => "a JSON object",
        };
    }

    [GeneratedRegex(@"\.(?<name>[^.\[\]]+)|\[\d+\]", RegexOptions.CultureInvariant)]
    private static partial Regex Step();

    [GeneratedRegex(@"\s*(Path:|LineNumber:).*$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Position();
}
