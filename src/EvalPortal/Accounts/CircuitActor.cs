using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;

namespace PixelPost.EvalPortal.Accounts;

/// <summary>
/// Whatever is done on an open page is done by whoever is signed in there. Once they are not, by <see cref="CircuitSignInCheck"/>, nothing can
/// be changed there any more and the page goes to the sign-in.
/// </summary>
public sealed class CircuitActor(AuthenticationStateProvider authentication, NavigationManager navigation) : CircuitHandler, IDisposable
{
    private bool _ended;

    public override Task OnCircuitOpenedAsync(Circuit circuit, CancellationToken cancellationToken)
    {
        authentication.AuthenticationStateChanged += Notice;
        return Task.CompletedTask;
    }

    public override Func<CircuitInboundActivityContext, Task> CreateInboundActivityHandler(Func<CircuitInboundActivityContext, Task> next) => async context =>
    {
        var user = (await authentication.GetAuthenticationStateAsync()).User;
        Actor.Enter(user.Identity is { IsAuthenticated: true } ? Actor.OfAccount(user.AccountId()) : Actor.Nobody);
        if (_ended)
            navigation.NavigateTo("/sign-in", forceLoad: true);
        else
            await next(context);
    };

    public void Dispose() => authentication.AuthenticationStateChanged -= Notice;

    private async void Notice(Task<AuthenticationState> state) => _ended = (await state).User.Identity is not { IsAuthenticated: true };
}
