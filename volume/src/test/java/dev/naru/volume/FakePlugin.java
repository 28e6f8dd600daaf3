package dev.naru.volume;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
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
    private final ServerSocketChannel server;
    private final Path socket;
    private final Map<String, Path> volumes = Collections.synchronizedMap(new TreeMap<>());
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    volatile String refusal = "";
    volatile String interfaces = "\"VolumeDriver\"";

    FakePlugin(Path socket, Path data) throws IOException {
        this.socket = socket;
        this.data = data;
        Files.createDirectories(socket.getParent());
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(this::serve);
    }

    private void serve() {
        while (true) {
            try {
                SocketChannel client = server.accept();
                Thread.ofVirtual().start(() -> answer(client));
            } catch (ClosedChannelException ended) {
                return;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    private void answer(SocketChannel client) {
        try (client) {
            String request = request(client);
            String method = request.substring(6, request.indexOf(" HTTP"));
            String body = request.substring(request.indexOf("\r\n\r\n") + 4);
            calls.add(method.replace("VolumeDriver.", "") + value(body, "Name", " ") + value(body, "ID", "/"));
            String answer = obey(method, body);
            String head = "HTTP/1.1 " + (answer.isEmpty() ? "404 Not Found" : "200 OK") + "\r\nContent-Length: "
                    + answer.length() + "\r\n\r\n";
            client.write(ByteBuffer.wrap((head + answer).getBytes(StandardCharsets.UTF_8)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String request(SocketChannel client) throws IOException {
        var text = new StringBuilder();
        var buffer = ByteBuffer.allocate(65536);
        while (true) {
            int end = text.indexOf("\r\n\r\n");
            Matcher length = Pattern.compile("(?i)content-length: (\\d+)").matcher(text);
            if (end >= 0 && text.length() >= end + 4 + (length.find() ? Integer.parseInt(length.group(1)) : 0)) {
                return text.toString();
            }
            buffer.clear();
            if (client.read(buffer) < 0) {
                throw new IOException("cut off: " + text);
            }
            text.append(StandardCharsets.UTF_8.decode(buffer.flip()));
        }
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
