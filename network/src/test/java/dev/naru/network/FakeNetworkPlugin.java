package dev.naru.network;

import dev.naru.http.Exchange;
import dev.naru.http.HttpServer;
import dev.naru.http.Limits;
import dev.naru.http.ListenAddress;
import dev.naru.linux.Rtnetlink;
import io.avaje.jsonb.JsonType;
import io.avaje.jsonb.Jsonb;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * A plug-in for networks and addresses: its networks are pairs of interfaces, whose other ends stay on the host, and its
 * addresses come one after the other. It remembers what it was asked.
 */
final class FakeNetworkPlugin implements AutoCloseable {
    private static final JsonType<Object> JSON = Jsonb.builder().build().type(Object.class);

    private final HttpServer server = new HttpServer(this::answer, Limits.DEFAULT);
    private final Path socket;
    private final String subnet;
    private final String pair;
    private int next = 10;
    final List<String> calls = Collections.synchronizedList(new ArrayList<>());
    volatile String refusal = "";
    volatile boolean replays;
    volatile Object lastCreated = Map.of();

    /**
     * Listens.
     *
     * @param block the second number of its addresses, 10.block.5.0/24
     * @param pair a name for its interfaces, at most 12 bytes
     */
    FakeNetworkPlugin(Path socket, int block, String pair) throws IOException {
        this.socket = socket;
        this.subnet = "10." + block + ".5.";
        this.pair = pair;
        Files.createDirectories(socket.getParent());
        server.listen(new ListenAddress.Unix(socket, null));
    }

    private void answer(Exchange exchange) throws IOException {
        String method = exchange.request().path().substring(1);
        String text = new String(exchange.request().body().readAllBytes(), StandardCharsets.UTF_8);
        Map<String, ?> body = text.isEmpty() ? Map.of() : RemoteCalls.object(JSON.fromJson(text));
        calls.add(method.replaceAll(".*\\.", ""));
        Object answer = method.endsWith("." + refusal)
                ? Map.of("Err", "out of order", "Error", "out of order")
                : obey(method, body);
        exchange.send(200, JSON.toJsonBytes(answer));
    }

    private synchronized Object obey(String method, Map<String, ?> body) {
        return switch (method) {
            case "Plugin.Activate" -> Map.of("Implements", List.of("NetworkDriver", "IpamDriver"));
            case "NetworkDriver.CreateNetwork" -> {
                lastCreated = body;
                yield Map.of();
            }
            case "NetworkDriver.CreateEndpoint" -> {
                try (Rtnetlink host = Rtnetlink.open()) {
                    host.batch()
                            .loop(pair + "o", pair + "i", "02:42:00:00:00:05", 1500)
                            .commit();
                }
                yield Map.of("Interface", Map.of("MacAddress", "02:42:00:00:00:07"));
            }
            case "NetworkDriver.Join" ->
                Map.of(
                        "InterfaceName",
                        Map.of("SrcName", pair + "i", "DstPrefix", "net"),
                        "Gateway",
                        subnet + "1",
                        "StaticRoutes",
                        List.of(Map.of("Destination", "10.255.0.0/24", "RouteType", 1)));
            case "NetworkDriver.DeleteEndpoint" -> {
                try (Rtnetlink host = Rtnetlink.open()) {
                    host.batch().delete(pair + "o").commit();
                }
                yield Map.of();
            }
            case "NetworkDriver.EndpointOperInfo" ->
                Map.of(
                        "Value",
                        Map.of(
                                "com.docker.network.portmap",
                                List.of(Map.of("Proto", 6, "Port", 80, "HostIP", "127.0.0.1", "HostPort", 8123))));
            case "IpamDriver.GetCapabilities" -> Map.of("RequiresRequestReplay", replays);
            case "IpamDriver.GetDefaultAddressSpaces" -> Map.of("LocalDefaultAddressSpace", "here");
            case "IpamDriver.RequestPool" -> Map.of("PoolID", "pool-1", "Pool", subnet + "0/24");
            case "IpamDriver.RequestAddress" -> {
                Object asked = body.get("Address");
                boolean gateway = String.valueOf(body.get("Options")).contains("gateway");
                String address = asked == null || asked.equals("") ? subnet + (gateway ? 1 : next++) : asked.toString();
                yield Map.of("Address", address + "/24");
            }
            default -> Map.of();
        };
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(socket);
        try (Rtnetlink host = Rtnetlink.open()) {
            host.batch().delete(pair + "o").commit();
        }
    }
}
