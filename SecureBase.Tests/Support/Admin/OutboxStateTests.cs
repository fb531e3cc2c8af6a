using SecureBase.Portal.Support.Admin;

namespace SecureBase.Tests.Support.Admin;

public sealed class OutboxStateTests
{
    [Theory]
    [InlineData("/outbox")]
    [InlineData("/outbox?mail=0198c0de000070008000000000000001")]
    [InlineData("/outbox?mail=0198c0de000070008000000000000001&as=headers")]
    [InlineData("/outbox?view=deliveries&tenant=acme&status=failed&cursor=0198c0de000070008000000000000001")]
    public void Address_SurvivesParsing(string url) => Assert.Equal(url, Parse(url).Url);

    [Theory]
    [InlineData("?mail=..%2F..%2Fetc%2Fpasswd", "")]
    [InlineData("?mail=0198c0de-0000-7000-8000-000000000001", "")]
    [InlineData("?as=text", "")]
    [InlineData("?view=nonsense&status=nonsense&tenant=%20", "")]
    public void HostileValues_ShowTheOutboxNevertheless(string query, string kept) => Assert.Equal("/outbox" + kept, Parse("/outbox" + query).Url);

    private static OutboxState Parse(string url)
    {
        var query = Query.Of(url);
        return OutboxState.Parse(query["view"], query["mail"], query["as"], query["tenant"], query["status"], query["cursor"]);
    }
}
