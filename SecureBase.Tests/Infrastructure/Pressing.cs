using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Web;

namespace SecureBase.Tests.Infrastructure;

/// <summary>
/// What a person does with a component that may render at any moment. The element is found and its event raised within one turn of the
/// renderer: found before, a render in between would leave it with handlers that are no longer there. Each act waits until its element is
/// there, and ends when the component's handler has.
/// </summary>
internal static class Pressing
{
    public static Task PressAsync<T>(this IRenderedComponent<T> cut, string selector) where T : IComponent =>
        cut.ActAsync(selector, element => element.ClickAsync(new MouseEventArgs()));

    /// <summary>Presses the first of the selected that says this.</summary>
    public static Task PressAsync<T>(this IRenderedComponent<T> cut, string selector, string text) where T : IComponent =>
        cut.ActAsync(c => c.FindAll(selector).FirstOrDefault(b => b.TextContent.Trim() == text), $"{selector} with the text '{text}'", element => element.ClickAsync(new MouseEventArgs()));

    public static Task ChangeAsync<T>(this IRenderedComponent<T> cut, string selector, object value) where T : IComponent =>
        cut.ActAsync(selector, element => element.ChangeAsync(new ChangeEventArgs { Value = value }));

    public static Task InputAsync<T>(this IRenderedComponent<T> cut, string selector, object value) where T : IComponent =>
        cut.ActAsync(selector, element => element.InputAsync(new ChangeEventArgs { Value = value }));

    public static Task KeyAsync<T>(this IRenderedComponent<T> cut, string selector, string key) where T : IComponent =>
        cut.ActAsync(selector, element => element.KeyDownAsync(new KeyboardEventArgs { Key = key }));

    public static Task SubmitAsync<T>(this IRenderedComponent<T> cut, string selector) where T : IComponent =>
        cut.ActAsync(selector, element => element.SubmitAsync());

    public static Task RaiseAsync<T>(this IRenderedComponent<T> cut, string selector, string what, EventArgs arguments) where T : IComponent =>
        cut.ActAsync(selector, element => element.TriggerEventAsync(what, arguments));

    private static Task ActAsync<T>(this IRenderedComponent<T> cut, string selector, Func<IElement, Task> act) where T : IComponent =>
        cut.ActAsync(c => c.FindAll(selector) is [var first, ..] ? first : null, selector, act);

    private static async Task ActAsync<T>(this IRenderedComponent<T> cut, Func<IRenderedComponent<T>, IElement?> find, string what, Func<IElement, Task> act) where T : IComponent
    {
        // A render may take it away between the look and the act: then it is waited for again.
        for (var acted = false; !acted;)
        {
            cut.WaitForAssertion(() =>
            {
                if (find(cut) is null)
                    Assert.Fail($"There is no {what} in:\n{cut.Markup}");
            });
            await cut.InvokeAsync(() =>
            {
                if (find(cut) is not { } element)
                    return Task.CompletedTask;
                acted = true;
                return act(element);
            });
        }
    }
}
