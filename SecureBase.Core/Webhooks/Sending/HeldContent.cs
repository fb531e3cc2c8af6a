using System.Net;
using SecureBase.Core.Messaging;

namespace SecureBase.Core.Webhooks.Sending;

/// <summary>A delivery's bytes, which leave only while this node may still send them: a connection may have taken longer to open than the delivery was this node's.</summary>
internal sealed class HeldContent(DeliveryWork work, byte[] body) : ByteArrayContent(body)
{
    private readonly byte[] _body = body;

    /// <exception cref="OperationCanceledException">Another node may have it by now.</exception>
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        if (!work.MayBeSent())
            throw new OperationCanceledException("The lease ended before the request was written.");
        return stream.WriteAsync(_body, cancellationToken).AsTask();
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, CancellationToken.None);
}
