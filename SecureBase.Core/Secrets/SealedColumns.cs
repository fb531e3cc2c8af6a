using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace SecureBase.Core.Secrets;

/// <summary>Marks columns whose bytes a <see cref="SecretEnvelope"/> sealed.</summary>
public static class SealedColumns
{
    internal const string Annotation = "SecureBase:Sealed";

    /// <summary>
    /// The column holds envelopes sealed for the row's tenant and this purpose. That is how an exchange of keys finds it by itself;
    /// the app role needs the right to update the column.
    /// </summary>
    /// <param name="purpose">As given to <see cref="SecretEnvelope.Seal"/>; no other column may use it.</param>
    public static PropertyBuilder<byte[]?> IsSealed(this PropertyBuilder<byte[]?> column, string purpose) => column.HasAnnotation(Annotation, purpose);
}
