using System.Diagnostics;

namespace SecureBase.Tests.Infrastructure;

/// <summary>Runs a script of receivers with Node.js and the npm packages of its folder, restored by their lock file once a build.</summary>
internal static class NodeScripts
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Webhooks", "Receivers");
    private static readonly Lazy<Task> Restored = new(RestoreAsync);

    /// <summary>Puts a file beside the scripts.</summary>
    public static Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(Folder, name), text);

    /// <returns>What it wrote to its standard output.</returns>
    public static async Task<string> RunAsync(string script, string input)
    {
        await Restored.Value;
        return await RunAsync("node", [script], input);
    }

    private static async Task RestoreAsync()
    {
        var (asked, done) = (new FileInfo(Path.Combine(Folder, "package-lock.json")), new FileInfo(Path.Combine(Folder, "node_modules", ".package-lock.json")));
        if (!done.Exists || done.LastWriteTimeUtc < asked.LastWriteTimeUtc)
            await RunAsync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"], "");
    }

    private static async Task<string> RunAsync(string program, string[] arguments, string input)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Folder, RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{await errors}");
        return await output;
    }
}
