using System.Diagnostics;

namespace PixelPost.EvalPortal.Tests.TrainingJobs;

/// <summary>A shell script in the worker's place: it keeps to the job contract and does what a test tells it to.</summary>
internal static class FakeWorker
{
    private const string Head = """
        #!/bin/sh
        # called as: train|sample --job FOLDER
        verb=$1 folder=$3
        status() { # state phase done total [error]
          error=; [ -z "$5" ] || error=",\"error\":\"$5\""
          printf '{"state":"%s","phase":"%s","done":%s,"total":%s,"process_id":%s,"updated_at":"2026-03-01T12:00:00Z"%s}' \
            "$1" "$2" "$3" "$4" $$ "$error" > "$folder/status.tmp"
          mv "$folder/status.tmp" "$folder/status.json"
        }
        result() { # output
          printf '{"output":"%s","model_sha256":"ff","done":300,"elapsed":9,"finished_at":"2026-03-01T12:00:00Z"}' "$1" > "$folder/result.json"
        }

        """;

    /// <summary>Goes on until it is told to stop, at step 37.</summary>
    public const string WorksUntilCancelled = """
        status running training 37 300
        while [ ! -e "$folder/cancel" ]; do sleep 0.05; done
        status cancelled training 37 300
        exit 3
        """;

    /// <summary>Goes on until <c>go</c> lies in the job's folder, then finishes with a model.</summary>
    public const string WorksUntilLetGo = """
        status running training 37 300
        while [ ! -e "$folder/go" ]; do sleep 0.05; done
        result checkpoints/000300
        """;

    /// <summary>Writes the script.</summary>
    /// <returns>Its path.</returns>
    public static string Write(string folder, string body)
    {
        var path = Path.Combine(folder, "worker.sh");
        // Written by another process: while this one has a file open for writing, a test that starts a process beside it
        // hands the open file on, and a file that is open for writing cannot be run.
        using var shell = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", "cat > \"$0\" && chmod +x \"$0\"", path]) { RedirectStandardInput = true })!;
        shell.StandardInput.Write(Head.ReplaceLineEndings("\n") + body.ReplaceLineEndings("\n") + "\n");
        shell.StandardInput.Close();
        shell.WaitForExit();
        return path;
    }
}
