using PixelPost.Training.Data;
using PixelPost.Training.Native;
using PixelPost.Training.Pretraining;

LibTorch.Load();
if (args[0] == "autoencoder")
    AutoencoderPretraining.Run(EmojiPackages.Read(args[1]), args[2], new AutoencoderSettings { Steps = int.Parse(args[3]) });
else
    DenoiserPretraining.Run(EmojiPackages.Read(args[1]), args[2], new DenoiserSettings { Steps = int.Parse(args[3]) });
return 0;
