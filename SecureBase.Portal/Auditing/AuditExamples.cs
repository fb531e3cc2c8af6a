using System.Text.Json;
using SecureBase.Core.Auditing;
using SecureBase.Core.Kernel;
using SecureBase.Core.Tenancy;

namespace SecureBase.Portal.Auditing;

/// <summary>The examples of the API's document.</summary>
internal static class AuditExamples
{
    private static readonly DateTimeOffset At = new(2026, 11, 24, 9, 12, 40, 218, TimeSpan.Zero);

    internal static AuditEntryView Entry { get; } = new()
    {
        Id = new Guid("0193591e-07da-7c31-8a5e-6f0d1b2c3a44"),
        At = At,
        Actor = new AuditActor(new Guid("01935900-52a0-7d4e-8f10-2b1d4c5e6f70"), "Mara Lind", ActorKind.Customer),
        Action = "ticket.created",
        Subject = new AuditSubject("ticket", new Guid("0193591e-07c0-7b12-9d2f-5a1c7f6f3c11")),
        Outcome = AuditOutcome.Done,
        RemoteAddress = "198.51.100.7",
        TraceId = "4bf92f3577b34da6a3ce929d0e0e4736",
        Details = JsonSerializer.SerializeToElement(new { number = "ACME-1042" }),
        Chain = new AuditChainPosition(18_204, At.AddMilliseconds(260),
            "9f2c1d5e7a64b0835f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a6978", "41d0f7a3c2b59e8812f6a4d3c7b0e95a6d8f1c2b3a495867f0e1d2c3b4a59687"),
    };

    internal static Page<AuditEntryView> Entries { get; } = new([Entry], new Cursor(Entry.At, Entry.Id).ToString());
}
