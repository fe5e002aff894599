using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http.Metadata;
using PixelPost.EvalPortal.Api.Problems;
using PixelPost.Training.Contracts;

namespace PixelPost.EvalPortal.Api.Requests;

/// <summary>What a request sent as JSON, read as strictly as a job's files: a key that is unknown is an error that names the nearest.</summary>
public sealed class ApiBody<T> : IRequestBody, IEndpointParameterMetadataProvider
{
    private ApiBody(T value, string sha256) => (Value, Sha256) = (value, sha256);

    public T Value { get; }

    public string Sha256 { get; }

#pragma warning disable CA1000 // minimal APIs look for these two there
    /// <summary>Reads it.</summary>
    /// <exception cref="ApiProblemException">It is no JSON, or not what is asked for.</exception>
    public static async ValueTask<ApiBody<T>?> BindAsync(HttpContext context, ParameterInfo parameter)
    {
        using var bytes = new MemoryStream();
        await context.Request.Body.CopyToAsync(bytes, context.RequestAborted);
        var body = bytes.GetBuffer().AsMemory(0, (int)bytes.Length);
        if (body.Length == 0)
            throw new ApiProblemException(StatusCodes.Status400BadRequest, "The body is missing: send a JSON object.");
        try
        {
            return new ApiBody<T>(ContractJson.Parse<T>(Text(body.Span), "Body"), Convert.ToHexStringLower(SHA256.HashData(body.Span)));
        }
        catch (JsonException exception) when (exception.InnerException is JsonException { InnerException: null, LineNumber: { } line })
        {
            throw new ApiProblemException(StatusCodes.Status400BadRequest, $"The body is no JSON: look at line {line + 1}.");
        }
        catch (JsonException exception)
        {
            throw new ApiProblemException(StatusCodes.Status422UnprocessableEntity, exception.Message);
        }
    }

    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) =>
        builder.Metadata.Add(new AcceptsMetadata(["application/json"], typeof(T)));
#pragma warning restore CA1000

    private static string Text(ReadOnlySpan<byte> body)
    {
        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(body);
        }
        catch (DecoderFallbackException)
        {
            throw new ApiProblemException(StatusCodes.Status400BadRequest, "The body is no text in UTF-8.");
        }
    }
}

/// <summary>What tells one body from another.</summary>
public interface IRequestBody
{
    /// <summary>SHA-256 of its bytes, lower-case hex.</summary>
    string Sha256 { get; }
}
