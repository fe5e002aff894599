using System.Net;
using System.Net.Sockets;

namespace PixelPost.EvalPortal;

/// <summary>The network address that limits are counted by.</summary>
internal static class ClientAddress
{
    private const int Network = 8; // bytes of an IPv6 address that a provider gives to one customer; the rest they choose freely

    /// <summary>Where a request comes from: an IPv4 address, or the network of an IPv6 one.</summary>
    public static string Of(HttpContext context) => context.Connection.RemoteIpAddress switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } mapped => mapped.MapToIPv4().ToString(),
        { AddressFamily: AddressFamily.InterNetworkV6 } address => new IPAddress([.. address.GetAddressBytes().AsSpan(0, Network), .. new byte[Network]]).ToString(),
        var address => address.ToString(),
    };
}
