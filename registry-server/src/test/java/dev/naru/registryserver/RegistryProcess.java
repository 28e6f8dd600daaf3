package dev.naru.registryserver;

import dev.naru.http.ListenAddress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A registry in a process of its own, which can be killed. */
final class RegistryProcess implements AutoCloseable {
    private final Process process;
    private final String base;

    RegistryProcess(Path root, String... options) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of(options));
        command.addAll(List.of(
                "-cp", System.getProperty("java.class.path"), RegistryProcess.class.getName(), root.toString()));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        base = String.valueOf(out.readLine());
    }

    /** The process' own program. */
    public static void main(String[] arguments) throws Exception {
        RegistryServer server = RegistryServer.open(RegistryConfig.of(Path.of(arguments[0])));
        var at = (ListenAddress.Tcp) server.listen(new ListenAddress.Tcp("127.0.0.1", 0, null));
        System.out.println("http://127.0.0.1:" + at.port());
        Thread.sleep(Long.MAX_VALUE);
    }

    String base() {
        return base;
    }

    /** The most memory that it has had, in bytes. */
    long peak() throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) << 10)
                .findFirst()
                .orElseThrow();
    }

    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
