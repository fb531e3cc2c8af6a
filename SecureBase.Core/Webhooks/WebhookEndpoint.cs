using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SecureBase.Core.Secrets;
using SecureBase.Core.Tenancy;
using SecureBase.Core.Webhooks.Signing;
using SecureBase.Core.Webhooks.Targets;

namespace SecureBase.Core.Webhooks;

public enum EndpointStatus
{
    /// <summary>Events are delivered as they happen.</summary>
    Enabled,
    /// <summary>Somebody's wish: events are kept and delivered when it goes on.</summary>
    Paused,
    /// <summary>It answered 410 or failed for too long: nothing is sent, and what happens meanwhile is sent only by recovery.</summary>
    Disabled,
}

/// <summary>
/// Where a tenant wants its events sent, and how. Secrets and the values of custom headers are stored sealed. A deleted
/// endpoint stays as a name in the delivery log until its last delivery is purged.
/// </summary>
public sealed class WebhookEndpoint : ITenantOwned
{
    public const int DescriptionMax = 400;
    public const int ReasonMax = 400;

    /// <summary>What the sealed columns are bound to.</summary>
    internal const string SecretPurpose = "webhook-secret";
    internal const string PreviousSecretPurpose = "webhook-previous-secret";
    internal const string HeadersPurpose = "webhook-headers";

    /// <summary>How long the secret before a rotation signs beside the new one.</summary>
    public static readonly TimeSpan Overlap = TimeSpan.FromHours(24);

    private WebhookEndpoint() { }

    public WebhookEndpoint(Guid id, SignatureScheme scheme, byte[] sealedSecret, string? publicKey, EndpointTerms terms, byte[]? sealedHeaders, IReadOnlyList<string> headerNames, Actor createdBy, DateTimeOffset at)
    {
        Id = id;
        Scheme = scheme;
        Secret = sealedSecret;
        PublicKey = publicKey;
        CreatedById = createdBy.PersonId;
        CreatedByName = createdBy.Name;
        CreatedAt = at;
        Apply(terms);
        Headers = sealedHeaders;
        HeaderNames = [.. headerNames];
    }

    public Guid Id { get; private set; }
    public Guid TenantId { get; private set; }
    public string Url { get; private set; } = "";
    /// <summary>Scheme, host and port of <see cref="Url"/>: what staff see, for the rest may be a secret between the customer and its receiver.</summary>
    public string Origin { get; private set; } = "";
    public string? Description { get; private set; }
    /// <summary>Names of the <see cref="Kernel.EventCatalogue"/>.</summary>
    public string[] Events { get; private set; } = [];
    public SignatureScheme Scheme { get; private set; }
    public byte[]? Secret { get; private set; }
    /// <summary><c>whpk_…</c>; null for a scheme without one.</summary>
    public string? PublicKey { get; private set; }
    public byte[]? PreviousSecret { get; private set; }
    public DateTimeOffset? PreviousEndsAt { get; private set; }
    /// <summary>Events of one subject are delivered one after another.</summary>
    public bool Ordered { get; private set; }
    /// <summary>Attempts a second; null for no limit.</summary>
    public int? RateLimit { get; private set; }
    public byte[]? Headers { get; private set; }
    public string[] HeaderNames { get; private set; } = [];
    public EndpointStatus Status { get; private set; }
    /// <summary>Why it is disabled, as a sentence.</summary>
    public string? DisabledReason { get; private set; }
    public DateTimeOffset? DisabledAt { get; private set; }
    public DateTimeOffset? DeletedAt { get; private set; }
    public Guid CreatedById { get; private set; }
    public string CreatedByName { get; private set; } = "";
    public DateTimeOffset CreatedAt { get; private set; }
    /// <summary>Grows with every change.</summary>
    public int Version { get; private set; } = 1;

    /// <summary>The lane of its deliveries.</summary>
    public string Lane => LaneOf(Id);

    public EndpointTerms Terms => new(Url, Description, Events, Ordered, RateLimit);

    internal static string LaneOf(Guid id) => id.ToString("N");

    /// <summary>Whether an older secret still signs.</summary>
    public bool IsInOverlap(DateTimeOffset at) => PreviousSecret is not null && PreviousEndsAt > at;

    public void Edit(EndpointTerms terms)
    {
        Apply(terms);
        Version++;
    }

    public void ReplaceHeaders(byte[]? sealedHeaders, IReadOnlyList<string> names)
    {
        (Headers, HeaderNames) = (sealedHeaders, [.. names]);
        Version++;
    }

    /// <summary>Signs with a new secret; the present one signs beside it for <see cref="Overlap"/>.</summary>
    /// <param name="previous">The present secret, sealed as the previous one.</param>
    /// <exception cref="InvalidOperationException">An older secret still signs.</exception>
    public void Rotate(byte[] sealedSecret, string? publicKey, byte[] previous, DateTimeOffset at)
    {
        if (IsInOverlap(at))
            throw new InvalidOperationException("An endpoint signs with two secrets at most.");
        (Secret, PublicKey, PreviousSecret, PreviousEndsAt) = (sealedSecret, publicKey, previous, at + Overlap);
        Version++;
    }

    /// <summary>Ends the overlap before its time.</summary>
    public void EndPrevious()
    {
        (PreviousSecret, PreviousEndsAt) = (null, null);
        Version++;
    }

    public void Pause()
    {
        (Status, DisabledReason, DisabledAt) = (EndpointStatus.Paused, null, null);
        Version++;
    }

    public void Enable()
    {
        (Status, DisabledReason, DisabledAt) = (EndpointStatus.Enabled, null, null);
        Version++;
    }

    /// <param name="reason">A sentence of at most <see cref="ReasonMax"/> characters.</param>
    public void Disable(string reason, DateTimeOffset at)
    {
        (Status, DisabledReason, DisabledAt) = (EndpointStatus.Disabled, reason, at);
        Version++;
    }

    /// <summary>Takes it out of use and forgets its secrets.</summary>
    public void Delete(DateTimeOffset at)
    {
        (DeletedAt, Secret, PreviousSecret, PreviousEndsAt, Headers, HeaderNames) = (at, null, null, null, null, []);
        Version++;
    }

    private void Apply(EndpointTerms terms) =>
        (Url, Origin, Description, Events, Ordered, RateLimit) = (terms.Url, new Uri(terms.Url).GetLeftPart(UriPartial.Authority), terms.Description, [.. terms.Events], terms.Ordered, terms.RateLimit);

    internal sealed class Configuration : IEntityTypeConfiguration<WebhookEndpoint>
    {
        public void Configure(EntityTypeBuilder<WebhookEndpoint> builder)
        {
            builder.ToTable("webhooks");
            builder.HasKey(e => new { e.TenantId, e.Id });
            builder.Ignore(e => e.Terms);
            builder.Ignore(e => e.Lane);
            builder.Property(e => e.Id).ValueGeneratedNever();
            builder.Property(e => e.Url).HasMaxLength(WebhookTargets.MaxLength);
            builder.Property(e => e.Origin).HasMaxLength(WebhookTargets.MaxLength);
            builder.Property(e => e.Description).HasMaxLength(DescriptionMax);
            builder.Property(e => e.Scheme).HasWireName();
            builder.Property(e => e.Secret).IsSealed(SecretPurpose);
            builder.Property(e => e.PublicKey).HasMaxLength(60);
            builder.Property(e => e.PreviousSecret).IsSealed(PreviousSecretPurpose);
            builder.Property(e => e.Headers).IsSealed(HeadersPurpose);
            builder.Property(e => e.Status).HasWireName();
            builder.Property(e => e.DisabledReason).HasMaxLength(ReasonMax);
            builder.Property(e => e.CreatedByName).HasMaxLength(120);
            builder.HasIndex(e => new { e.TenantId, e.CreatedAt, e.Id });
        }
    }
}

/// <summary>What may be changed about an endpoint, in its final form.</summary>
public sealed record EndpointTerms(string Url, string? Description, IReadOnlyList<string> Events, bool Ordered, int? RateLimit);
