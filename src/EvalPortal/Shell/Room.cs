using System.Reflection;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;

namespace PixelPost.EvalPortal.Shell;

/// <summary>Raters and researchers sit in different rooms: other styles, other scripts, another security policy.</summary>
internal static class Room
{
    /// <summary>The layout of the page behind an endpoint; null where it is no page.</summary>
    public static Type? Of(Endpoint? endpoint) =>
        endpoint?.Metadata.GetMetadata<ComponentTypeMetadata>() is { Type: var page }
            ? page.GetCustomAttribute<LayoutAttribute>()?.LayoutType ?? typeof(ResearcherLayout)
            : null;
}
