namespace PixelPost.Training;

/// <summary>The input is wrong; the message is the sentence the researcher reads: what, where, and what would be right.</summary>
public sealed class BadJobException : Exception
{
    public BadJobException(string message, Exception? cause = null) : base(message, cause) { }
}
