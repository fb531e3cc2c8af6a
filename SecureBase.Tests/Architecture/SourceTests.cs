using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.EntityFrameworkCore;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;
using SecureBase.Tests.Isolation.Rows;

namespace SecureBase.Tests.Architecture;

/// <summary>House rules that hold for every file and every type.</summary>
public sealed partial class SourceTests
{
    private const int LongestFile = 400;

    private static readonly Assembly[] Product = [typeof(SecureBaseDb).Assembly, typeof(SecureBase.Portal.Api.ApiProblem).Assembly];

    [Fact]
    public void Files_AreShort() => Assert.Empty(SourceTree.Files(".cs", ".razor", ".css", ".js", ".sql")
        .Select(path => (path, Count: SourceTree.Lines(path).Length)).Where(f => f.Count > LongestFile).Select(f => $"{f.path}: {f.Count} lines"));

    [Fact]
    public void ProductCode_NeverLeavesItsTenant() => Assert.Empty(Found(SourceTree.ProductFiles(".cs", ".razor"), WaysAroundTheTenant));

    [Fact]
    public void Code_LeavesNothingForLater() => Assert.Empty(Found(
        SourceTree.Files(".cs", ".razor", ".js", ".css").Where(path => path != "SecureBase.Tests/Architecture/SourceTests.cs"), Unfinished));

    [Fact]
    public void Types_CarryTheNamesOfTheField() => Assert.Empty(Written()
        .Where(t => VagueName.IsMatch(t.Name)).Select(t => t.FullName));

    [Fact]
    public void Classes_AreSealed() => Assert.Empty(Written()
        .Where(t => t is { IsClass: true, IsSealed: false, IsAbstract: false } && !typeof(IComponent).IsAssignableFrom(t) && t != typeof(SecureBaseDb) && t != typeof(Program)).Select(t => t.FullName));

    [Fact]
    public void Kinds_CarryTheirSuffix()
    {
        var types = Written().ToList();
        Assert.Empty(types.Where(t => t.GetCustomAttributes<RouteAttribute>().Any() && !t.Name.EndsWith("Page", StringComparison.Ordinal)).Select(t => t.FullName));
        Assert.Empty(types.Where(t => typeof(Quartz.IJob).IsAssignableFrom(t) && !t.Name.EndsWith("Job", StringComparison.Ordinal)).Select(t => t.FullName));
        Assert.Empty(types.Where(t => t.Name.EndsWith("Options", StringComparison.Ordinal) && t is { IsClass: true, IsAbstract: false }
            && t.GetField("Section") is null && t != typeof(SecureBase.Portal.Hosting.Database.EmbeddedPostgresOptions)).Select(t => t.FullName));
    }

    [Fact]
    public void Namespaces_AreFolders() => Assert.Empty(
        from path in SourceTree.ProductFiles(".cs")
        let named = SourceTree.Lines(path).Select(line => NamespaceLine.Match(line)).FirstOrDefault(m => m.Success)?.Groups[1].Value
        where named is not null && named != Path.GetDirectoryName(path)!.Replace('/', '.') && path != "SecureBase.Core/Persistence/WireNameConversion.cs" && !Path.GetFileName(path).StartsWith("SecureBaseDb.", StringComparison.Ordinal)
        select $"{path}: {named}");

    [Fact]
    public void Services_TakeACancellationToken() => Assert.Empty(
        from type in Written()
        where type.Name.EndsWith("Service", StringComparison.Ordinal) && type.Namespace!.StartsWith("SecureBase.Core", StringComparison.Ordinal)
        from method in type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly)
        where typeof(Task).IsAssignableFrom(method.ReturnType) && method.GetParameters().LastOrDefault()?.ParameterType != typeof(CancellationToken)
        select $"{type.Name}.{method.Name}");

    [Fact]
    public void Entities_BelongToATenant_OrAreListedAsGlobal()
    {
        Assert.Empty(TenantModel.Entities.Where(e => e.ClrType != typeof(Tenant) && !typeof(ITenantOwned).IsAssignableFrom(e.ClrType)).Select(e => e.ClrType.Name));
        Assert.Empty(TenantModel.Global.Keys.Except(TenantModel.Model.GetEntityTypes().Select(e => e.GetTableName()!)));
    }

    [Fact]
    public void Entities_AreFilteredInTheTenantsContext_AndNotInTheStaffs()
    {
        using var staff = new StaffDb(new DbContextOptionsBuilder<StaffDb>().UseNpgsql("Host=none").Options);
        Assert.All(TenantModel.Entities, e => Assert.NotNull(e.FindDeclaredQueryFilter(SecureBaseDb.TenantFilter)));
        Assert.All(staff.Model.GetEntityTypes(), e => Assert.Empty(e.GetDeclaredQueryFilters()));
    }

    /// <summary>Types written by people: without what compilers and generators add.</summary>
    private static IEnumerable<Type> Written() => Product.SelectMany(a => a.GetTypes())
        .Where(t => t.Namespace is { } name && name.StartsWith("SecureBase", StringComparison.Ordinal) && !name.EndsWith(".Migrations", StringComparison.Ordinal)
            && !t.FullName!.Contains('<', StringComparison.Ordinal) && t.GetCustomAttribute<System.Runtime.CompilerServices.CompilerGeneratedAttribute>() is null
            && !t.Name.StartsWith("_Imports", StringComparison.Ordinal) && !t.Name.StartsWith("__", StringComparison.Ordinal));

    private static IEnumerable<string> Found(IEnumerable<string> files, Regex pattern) =>
        from path in files
        from line in SourceTree.Lines(path).Select((text, i) => (Text: text, Number: i + 1))
        where pattern.IsMatch(line.Text) && !line.Text.TrimStart().StartsWith("///", StringComparison.Ordinal)
        select $"{path}:{line.Number}: {line.Text.Trim()}";

    [GeneratedRegex(@"\b(IgnoreQueryFilters|FromSqlRaw|ExecuteSqlRaw(Async)?|SqlQueryRaw|row_security\s*=)", RegexOptions.IgnoreCase)]
    private static partial Regex WaysAroundTheTenant { get; }

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b|NotImplementedException|^\s*#region|Thread\.Sleep|\bSkip\s*=\s*""")]
    private static partial Regex Unfinished { get; }

    [GeneratedRegex("(Manager|Helper|Helpers|Util|Utils|Dto|Impl|Info2|Base)$")]
    private static partial Regex VagueName { get; }

    [GeneratedRegex(@"^namespace ([\w.]+)")]
    private static partial Regex NamespaceLine { get; }
}
