using SecureBase.Core.Kernel;

namespace SecureBase.Core.Tenancy;

/// <summary>Who may read how this build keeps tenants apart.</summary>
public static class TrustPermissions
{
    public const string CertificateRead = "certificate.read";

    /// <summary>Through pages only: the certificate is about the build, so no key of a tenant has a use for it.</summary>
    public static readonly Permission ReadCertificate = new(CertificateRead, null, [Roles.Admin, Roles.Manager, .. Roles.Operator]);
}
