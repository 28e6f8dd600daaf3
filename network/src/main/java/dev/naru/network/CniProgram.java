package dev.naru.network;

import static dev.naru.network.RemoteCalls.object;
import static dev.naru.network.RemoteCalls.text;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import io.avaje.json.JsonException;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs a CNI plug-in once (CNI specification 1.1, section 2).
 *
 * @param command ADD, DEL, CHECK, or GC, which is about no connection
 * @param namespace a path; empty when it is gone
 */
record CniProgram(String command, String containerId, String namespace, String interfaceName, CniConfiguration list) {
    private static final JsonType<Object> JSON = Jsonb.builder().build().type(Object.class);
    private static final int LONGEST = 16 << 20;
    private static final long SECONDS = 60;

    /** Returns its result; empty where it has none. */
    Map<String, @Nullable Object> run(String what, String type, byte[] input) {
        Path program = list.program(type);
        try {
            Process process = start(program);
            byte[] output = exchange(process, input);
            boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
            if (!ended) {
                process.destroyForcibly();
                throw new NaruException(ErrorKind.UNAVAILABLE, what, program + " does not end", null);
            }
            if (process.exitValue() != 0) {
                throw new NaruException(ErrorKind.INTERNAL, what, "CNI plug-in " + type + ": " + reason(output), null);
            }
            return output.length == 0 ? Map.of() : object(JSON.fromJson(output));
        } catch (IOException | JsonException failure) {
            throw NaruException.because(ErrorKind.INTERNAL, what + ": CNI plug-in " + type, failure);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new NaruException(ErrorKind.UNAVAILABLE, what, "it was interrupted", null);
        }
    }

    private Process start(Path program) throws IOException {
        var builder = new ProcessBuilder(program.toString());
        builder.redirectError(ProcessBuilder.Redirect.DISCARD);
        Map<String, String> environment = builder.environment();
        environment.put("CNI_COMMAND", command);
        if (!command.equals("GC")) {
            environment.put("CNI_CONTAINERID", containerId);
            environment.put("CNI_NETNS", namespace);
            environment.put("CNI_IFNAME", interfaceName);
        }
        environment.put(
                "CNI_PATH",
                String.join(":", list.path().stream().map(Path::toString).toList()));
        return builder.start();
    }

    private static byte[] exchange(Process process, byte[] input) throws IOException {
        try (var in = process.getOutputStream()) {
            in.write(input);
        } catch (IOException deaf) {
            // It ended without reading: what it says counts.
        }
        return process.getInputStream().readNBytes(LONGEST);
    }

    private static String reason(byte[] output) {
        try {
            Map<String, ?> error = object(JSON.fromJson(output));
            String details = text(error, "details");
            return text(error, "msg") + (details.isEmpty() ? "" : ": " + details);
        } catch (JsonException plain) {
            return new String(output, StandardCharsets.UTF_8).strip();
        }
    }
}
