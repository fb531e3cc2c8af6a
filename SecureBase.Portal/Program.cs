using SecureBase.Portal;
using SecureBase.Portal.Account;
using SecureBase.Portal.Api;
using SecureBase.Portal.Commands;
using SecureBase.Portal.Hosting;
using SecureBase.Portal.Hosting.Database;
using SecureBase.Portal.Shared;
using SecureBase.Portal.Tenancy;

if (CommandLine.Handles(args))
    return await CommandLine.RunAsync(args);

var builder = WebApplication.CreateBuilder(args);
builder.AddPortalLogging();
await using var database = await PortalDatabase.OpenOrExplainAsync(builder.Configuration, builder.Environment);
if (database is null)
    return CommandLine.Failed;
builder.AddPortal(database);

var app = builder.Build();
app.UseEdge();
app.UseMiddleware<TenantMiddleware>();
app.UseMiddleware<AttemptLimiting>();
app.UseApiRequests();
app.UseNotFoundPage();
app.UseRouting();
app.UseAuthentication();
app.UseMiddleware<SessionMiddleware>();
app.UseRateLimits();
app.UseAuthorization();
app.UseApiBodies();
app.UseAntiforgery();
app.MapPortal();
await app.RunAsync();
return 0;
