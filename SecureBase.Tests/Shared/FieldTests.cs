using Bunit;
using Microsoft.AspNetCore.Components;
using SecureBase.Portal.Shared;
using SecureBase.Tests.Infrastructure;

namespace SecureBase.Tests.Shared;

public sealed class FieldTests : ComponentTest
{
    [Fact]
    public void Label_NamesTheControl_AndNothingDescribesItWithoutNeed()
    {
        var field = Field(null, null);
        Assert.Equal("subject", field.Find("label").GetAttribute("for"));
        Assert.Equal("Subject", field.Find("label").TextContent.Trim());
        var input = field.Find("#subject");
        Assert.False(input.HasAttribute("aria-describedby"));
        Assert.False(input.HasAttribute("aria-invalid"));
        Assert.Empty(field.FindAll("[role=alert]"));
    }

    [Theory]
    [InlineData("In one line.", null)]
    [InlineData(null, "Too short.")]
    [InlineData("In one line.", "Too short.")]
    public void HelpAndError_DescribeTheControl_ErrorFirst(string? help, string? error)
    {
        var field = Field(help, error);
        var input = field.Find("#subject");
        var described = input.GetAttribute("aria-describedby")!.Split(' ').Select(id => field.Find("#" + id).TextContent.Trim());
        Assert.Equal(new[] { error, help }.OfType<string>(), described);
        Assert.Equal(error is null ? null : "true", input.GetAttribute("aria-invalid"));
        Assert.Equal(error is null ? 0 : 1, field.FindAll("[role=alert]").Count);
    }

    [Fact]
    public void Optional_IsSaidInTheLabel() =>
        Assert.Contains("optional", Render<Field>(p => p.Add(f => f.Id, "tags").Add(f => f.Label, "Tags").Add(f => f.Optional, true).Add(f => f.ChildContent, Control)).Find("label").TextContent, StringComparison.Ordinal);

    private IRenderedComponent<Field> Field(string? help, string? error) => Render<Field>(p => p
        .Add(f => f.Id, "subject").Add(f => f.Label, "Subject").Add(f => f.Help, help).Add(f => f.Error, error).Add(f => f.ChildContent, Control));

    private static RenderFragment<FieldWiring> Control => wiring => builder =>
    {
        builder.OpenElement(0, "input");
        builder.AddAttribute(1, "id", wiring.Id);
        builder.AddAttribute(2, "aria-describedby", wiring.DescribedBy);
        builder.AddAttribute(3, "aria-invalid", wiring.AriaInvalid);
        builder.CloseElement();
    };
}
