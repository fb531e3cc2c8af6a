using System.Net.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using SecureBase.Core.Identity;
using SecureBase.Core.Persistence;
using SecureBase.Core.Tenancy;

namespace SecureBase.Core.Messaging.Mail;

/// <summary>
/// E-mail about one event of a tenant. By default the target is a person's id, and the address is looked up when it is sent; an
/// <see cref="IMailComposer"/> decides for its events itself.
/// </summary>
public sealed class MailChannel(
    MailFolder folder, IEnumerable<IMailTemplate> templates, IEnumerable<IMailComposer> composers, TenantDirectory tenants, TenantDbPool contexts, PublicAddress address, IOptions<MailOptions> options)
    : IDeliveryChannel
{
    public const string ChannelName = "mail";

    public string Name => ChannelName;

    public DeliveryPolicy Policy { get; } = new()
    {
        RetrySchedule = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2), TimeSpan.FromHours(8), TimeSpan.FromHours(24)],
        Timeout = TimeSpan.FromSeconds(30),
        Concurrency = 16,
    };

    public async Task<DeliveryOutcome> SendAsync(DeliveryWork work, CancellationToken ct)
    {
        if (await tenants.FindAsync(work.TenantId, ct) is not { } tenant)
            return new DeliveryOutcome.Dead("The organisation no longer exists.");
        return composers.FirstOrDefault(c => c.Covers(work.EventType)) is { } composer ? await ComposeAsync(composer, work, tenant, ct) : await FillInAsync(work, tenant, ct);
    }

    private async Task<DeliveryOutcome> ComposeAsync(IMailComposer composer, DeliveryWork work, TenantInfo tenant, CancellationToken ct)
    {
        await using var db = contexts.Take(work.TenantId);
        if (await composer.ComposeAsync(db, new MailRequest(tenant, work, path => address.Of(tenant.Slug, path)), ct) is not { } mail)
            return new DeliveryOutcome.Dead("It is no longer wanted.");
        await WriteAsync(work, mail.To, mail.Content, ct);
        return new DeliveryOutcome.Delivered();
    }

    private async Task<DeliveryOutcome> FillInAsync(DeliveryWork work, TenantInfo tenant, CancellationToken ct)
    {
        if (templates.FirstOrDefault(t => t.Covers(work.EventType)) is not { } template || work.Data is null)
            return new DeliveryOutcome.Dead($"There is no e-mail for {work.EventType}.");
        if (await FindPersonAsync(work, ct) is not { } person)
            return new DeliveryOutcome.Dead("The person no longer exists.");
        await WriteAsync(work, person, template.Write(new MailOccasion(tenant, person.DisplayName, work.EventType, work.Data, path => address.Of(tenant.Slug, path))), ct);
        return new DeliveryOutcome.Delivered();
    }

    private Task WriteAsync(DeliveryWork work, MailAddress to, MailContent content, CancellationToken ct) => folder.WriteAsync(new OutgoingMail
    {
        Id = work.Id,
        From = new MailAddress(options.Value.From),
        To = to,
        Date = work.OccurredAt,
        Content = content,
        Thread = work.SubjectId,
    }, ct);

    private async Task<MailAddress?> FindPersonAsync(DeliveryWork work, CancellationToken ct)
    {
        var id = Guid.Parse(work.Target);
        await using var db = contexts.Take(work.TenantId);
        var person = await db.Users.Where(p => p.Id == id && p.Kind == PersonKind.Human).Select(p => new { p.Email, p.DisplayName }).SingleOrDefaultAsync(ct);
        return person is { Email: { } email } ? new MailAddress(email, person.DisplayName) : null;
    }
}
