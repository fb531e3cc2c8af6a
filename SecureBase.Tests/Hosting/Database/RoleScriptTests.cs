using SecureBase.Portal.Hosting.Database;

namespace SecureBase.Tests.Hosting.Database;

public sealed class RoleScriptTests
{
    [Fact]
    public void DeployRolesSql_IsTheScriptTheProductRenders()
    {
        var rendered = new RoleScript(RoleScript.Owner, EmbeddedDatabase.Name).ForAdministrator()
            .Replace("'<password of the owner>'", ":'owner_password'", StringComparison.Ordinal)
            .Replace("'<password of the application>'", ":'app_password'", StringComparison.Ordinal)
            .Replace("'<password of the staff role>'", ":'staff_password'", StringComparison.Ordinal);

        var file = File.ReadAllText(Path.Combine(Root(), "deploy", "roles.sql"));

        Assert.Equal(rendered, file[file.IndexOf("DO $$", StringComparison.Ordinal)..]);
    }

    [Fact]
    public void Name_WithQuotes_CannotLeaveItsQuotes() =>
        Assert.Equal("\"shop\"\"; drop table x; --\"", RoleScript.Name("shop\"; drop table x; --"));

    [Fact]
    public void ForAdministrator_OwnerOfAnotherName_MakesNoOwnerRole()
    {
        var script = new RoleScript("shop_owner", "shop").ForAdministrator();

        Assert.DoesNotContain(RoleScript.Owner, script, StringComparison.Ordinal);
        Assert.Contains("ALTER DATABASE \"shop\" OWNER TO \"shop_owner\"", script, StringComparison.Ordinal);
    }

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "SecureBase.sln")))
            folder = folder.Parent!;
        return folder.FullName;
    }
}
