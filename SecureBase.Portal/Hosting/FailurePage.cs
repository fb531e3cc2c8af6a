using System.Net.Mime;
using System.Text.Encodings.Web;
using SecureBase.Portal.Api;

namespace SecureBase.Portal.Hosting;

/// <summary>What a person sees when a page fails: a document that needs no tenant, database or circuit.</summary>
internal static class FailurePage
{
    internal static Task WriteAsync(HttpContext context, ApiProblem problem)
    {
        context.Response.StatusCode = problem.Status;
        context.Response.ContentType = $"{MediaTypeNames.Text.Html}; charset=utf-8";
        return context.Response.WriteAsync($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
              <meta charset="utf-8">
              <meta name="viewport" content="width=device-width, initial-scale=1">
              <title>{Encode(problem.Title)} · SecureBase</title>
              <link rel="stylesheet" href="/css/tokens.css">
              <link rel="stylesheet" href="/css/base.css">
            </head>
            <body>
              <main>
                <h1>{Encode(problem.Title)}</h1>
                <p>{Encode(problem.Detail)}</p>
                <p>Trace id <code>{Encode(Traces.Id(context))}</code></p>
              </main>
            </body>
            </html>
            """, context.RequestAborted);
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
