package dev.naru.volume;

import dev.naru.http.Exchange;
import dev.naru.http.HttpServer;
import dev.naru.http.Limits;
import dev.naru.http.ListenAddress;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A volume plug-in that keeps its volumes as directories and remembers what it was asked. */
final class FakePlugin implements AutoCloseable {
    private final Path data;
    private final HttpServer server = new HttpServer(this::answer, Limits.DEFAULT);
    private final Path socket;
    private final Map<String, Path> volumes = Collections.synchronizedMap(new TreeMap<>());
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    volatile String refusal = "";
    volatile String interfaces = "\"VolumeDriver\"";

    FakePlugin(Path socket, Path data) throws IOException {
        this.socket = socket;
        this.data = data;
        Files.createDirectories(socket.getParent());
        server.listen(new ListenAddress.Unix(socket, null));
    }

    private void answer(Exchange exchange) throws IOException {
        String method = exchange.request().path().substring(1);
        String body = new String(exchange.request().body().readAllBytes(), StandardCharsets.UTF_8);
        calls.add(method.replace("VolumeDriver.", "") + value(body, "Name", " ") + value(body, "ID", "/"));
        String answer = obey(method, body);
        exchange.send(answer.isEmpty() ? 404 : 200, answer.getBytes(StandardCharsets.UTF_8));
    }

    private static String value(String json, String key, String before) {
        Matcher found = Pattern.compile("\"" + key + "\":\"([^\"]*)\"").matcher(json);
        return found.find() ? before + found.group(1) : "";
    }

    private String obey(String method, String body) throws IOException {
        String name = value(body, "Name", "");
        if (!refusal.isEmpty() && method.endsWith(refusal)) {
            return "{\"Err\":\"out of order\"}";
        }
        return switch (method) {
            case "Plugin.Activate" -> "{\"Implements\":[" + interfaces + "]}";
            case "VolumeDriver.Create" -> {
                volumes.put(name, Files.createDirectories(data.resolve(name)));
                yield "{\"Err\":\"\"}";
            }
            case "VolumeDriver.Remove" -> volumes.remove(name) == null ? "{\"Err\":\"no such volume\"}" : "{}";
            case "VolumeDriver.Mount", "VolumeDriver.Path" -> "{\"Mountpoint\":\"" + data.resolve(name) + "\"}";
            case "VolumeDriver.Unmount" -> "{}";
            case "VolumeDriver.Get" ->
                volumes.containsKey(name) ? "{\"Volume\":" + known(name) + "}" : "{\"Err\":\"no such volume\"}";
            case "VolumeDriver.List" ->
                "{\"Volumes\":["
                        + String.join(
                                ",", volumes.keySet().stream().map(this::known).toList()) + "]}";
            case "VolumeDriver.Capabilities" -> "{\"Capabilities\":{\"Scope\":\"global\"}}";
            default -> "";
        };
    }

    private String known(String name) {
        return "{\"Name\":\"" + name + "\",\"Mountpoint\":\"" + data.resolve(name)
                + "\",\"Status\":{\"speed\":\"fast\",\"parts\":[1,2]}}";
    }

    /** A volume that nobody made through an engine. */
    void has(String name) throws IOException {
        volumes.put(name, Files.createDirectories(data.resolve(name)));
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(socket);
    }
}
