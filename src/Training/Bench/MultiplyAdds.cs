using PixelPost.Training.Models;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace PixelPost.Training.Bench;

/// <summary>Multiply-adds of a network's convolutions and linear layers, counted as it runs. The products inside attention are not among them.</summary>
internal static class MultiplyAdds
{
    /// <summary>Counts those of some work.</summary>
    /// <param name="network">Whose layers are counted.</param>
    /// <param name="work">Runs the network.</param>
    public static long Of(nn.Module network, Action work)
    {
        var sum = 0L;
        var removals = new List<Action>();
        foreach (var (_, module) in network.named_modules())
        {
            // every output is a sum over the weights of one output channel
            var perOutput = module is Convolution2d or Linear ? module.parameters().First() is { } weight ? weight.NumberOfElements / weight.shape[0] : 0 : 0;
            if (perOutput > 0)
            {
                var hook = ((nn.Module<Tensor, Tensor>)module).register_forward_hook((_, _, output) =>
                {
                    sum += output.NumberOfElements * perOutput;
                    return output;
                });
                removals.Add(hook.remove);
            }
        }
        try
        {
            work();
        }
        finally
        {
            foreach (var remove in removals) remove();
        }
        return sum;
    }
}
