import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What networks cost an engine, or two in turns (ABBA), over their sockets: {@code java Networks.java A.sock [B.sock]}. Both
 * need the image {@code busybox:latest}. Minimum and median in milliseconds; on a shared machine trust the ratio of the two.
 *
 * <p>{@code -Drounds=20} how often each is done, {@code -Dports=1000} the most ports that a container publishes, all from
 * {@code -Dfirst=20000} on; {@code -Dmost=100} what is measured of the ports with the second engine, which takes minutes
 * for a thousand.
 *
 * <p>Before each connection there is a pause, because the kernel goes on removing the interface of the last one for some
 * ten milliseconds after it is out of sight, and that is not what is measured.
 */
final class Networks {
    private static final Pattern ID = Pattern.compile("\"Id\":\\s*\"([0-9a-f]{64})\"");
    private static final int ROUNDS = Integer.getInteger("rounds", 20);
    private static final int PORTS = Integer.getInteger("ports", 1000);
    private static final int MOST = Integer.getInteger("most", 100);
    private static final int OTHERS = 10;
    private static final int PAUSE_MILLIS = 40;
    private static final int FIRST = Integer.getInteger("first", 20000);

    public static void main(String[] arguments) throws Exception {
        List<Engine> engines = Arrays.stream(arguments).map(Engine::new).toList();
        compare("network create", "network rm", engines, Networks::createAndRemove);
        for (Engine engine : engines) {
            engine.begin();
        }
        compare("connect", "disconnect", engines, Networks::connectAndDisconnect);
        for (Engine engine : engines) {
            engine.end();
        }
        var starts = new LinkedHashMap<Integer, List<List<Double>>>();
        for (int ports : List.of(0, 1, 10, MOST, PORTS)) {
            starts.put(ports, new ArrayList<>());
            engines.forEach(each -> starts.get(ports).add(new ArrayList<>()));
        }
        starts(engines, starts);
        starts.forEach((ports, times) -> print("start, " + ports + " published ports", times));
        besideOthers(engines.getFirst());
    }

    /** The first engine alone: the second would run a process for each port. */
    private static void besideOthers(Engine engine) throws IOException {
        var first = new ArrayList<Double>();
        var beside = new ArrayList<Double>();
        for (int round = -2; round < ROUNDS; round++) {
            double alone = engine.start(1);
            List<String> others = engine.publish(OTHERS, PORTS / OTHERS);
            double among = engine.start(1);
            for (String other : others) {
                engine.send("DELETE", "/containers/" + other + "?force=1", "");
            }
            if (round >= 0) {
                first.add(alone);
                beside.add(among);
            }
        }
        print("start, 1 port, the first", List.of(first));
        print("start, 1 port beside " + PORTS, List.of(beside));
        System.out.printf(
                Locale.ROOT,
                "beside %d, in times of the first: min %.2f median %.2f%n",
                PORTS,
                Collections.min(beside) / Collections.min(first),
                median(beside) / median(first));
    }

    /** The sizes take turns too, so that one can be compared with another. */
    private static void starts(List<Engine> engines, Map<Integer, List<List<Double>>> times) throws IOException {
        for (int round = -2; round < ROUNDS; round++) {
            for (int ports : times.keySet()) {
                for (int i = 0; i < engines.size(); i++) {
                    int index = round % 2 == 0 ? i : engines.size() - 1 - i;
                    if (index == 0 || ports <= MOST) {
                        double start = engines.get(index).start(ports);
                        if (round >= 0) {
                            times.get(ports).get(index).add(start);
                        }
                    }
                }
            }
        }
    }

    private static double[] createAndRemove(Engine engine, int round) throws IOException {
        String name = "bench-" + ProcessHandle.current().pid() + "-" + round;
        double create = engine.timed("POST", "/networks/create", "{\"Name\":\"" + name + "\"}");
        double remove = engine.timed("DELETE", "/networks/" + name, "");
        return new double[] {create, remove};
    }

    private static double[] connectAndDisconnect(Engine engine, int round) throws IOException {
        String body = "{\"Container\":\"" + engine.container + "\"}";
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException stop) {
            throw new IOException(stop);
        }
        double connect = engine.timed("POST", "/networks/" + engine.network + "/connect", body);
        double disconnect = engine.timed("POST", "/networks/" + engine.network + "/disconnect", body);
        return new double[] {connect, disconnect};
    }

    private interface Action {
        /** Two times in milliseconds. */
        double[] run(Engine engine, int round) throws IOException;
    }

    private static void compare(String first, String second, List<Engine> engines, Action action) throws Exception {
        List<List<Double>> firsts = new ArrayList<>();
        List<List<Double>> seconds = new ArrayList<>();
        List<List<Double>> both = new ArrayList<>();
        for (List<List<Double>> all : List.of(firsts, seconds, both)) {
            engines.forEach(each -> all.add(new ArrayList<>()));
        }
        for (int round = -5; round < ROUNDS * 2; round++) {
            for (int i = 0; i < engines.size(); i++) {
                int index = round % 2 == 0 ? i : engines.size() - 1 - i;
                double[] times = action.run(engines.get(index), round + 5);
                if (round >= 0) {
                    firsts.get(index).add(times[0]);
                    seconds.get(index).add(times[1]);
                    both.get(index).add(times[0] + times[1]);
                }
            }
        }
        print(first, firsts);
        print(second, seconds);
        print(first + " + " + second, both);
    }

    private static void print(String name, List<List<Double>> times) {
        var line = new StringBuilder(String.format("%-32s", name));
        for (List<Double> one : times) {
            line.append(
                    one.isEmpty()
                            ? ""
                            : String.format(Locale.ROOT, "  min %8.2f  median %8.2f", Collections.min(one), median(one)));
        }
        if (times.size() > 1 && !times.get(1).isEmpty()) {
            line.append(String.format(
                    Locale.ROOT,
                    "  B/A min %.1fx median %.1fx",
                    Collections.min(times.get(1)) / Collections.min(times.get(0)),
                    median(times.get(1)) / median(times.get(0))));
        }
        System.out.println(line);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    private static final class Engine {
        private final UnixDomainSocketAddress address;
        private final OutputStream out;
        private final InputStream in;
        private String container = "";
        private String network = "";

        Engine(String socket) {
            address = UnixDomainSocketAddress.of(socket.replace("unix://", ""));
            try {
                SocketChannel channel = SocketChannel.open(address);
                out = Channels.newOutputStream(channel);
                in = new BufferedInputStream(Channels.newInputStream(channel));
            } catch (IOException e) {
                throw new IllegalStateException(address + ": " + e.getMessage(), e);
            }
        }

        void begin() throws IOException {
            network = id(send("POST", "/networks/create", "{\"Name\":\"bench-" + ProcessHandle.current().pid() + "\"}"));
            container = create(0, FIRST);
            send("POST", "/containers/" + container + "/start", "");
        }

        void end() throws IOException {
            send("DELETE", "/containers/" + container + "?force=1", "");
            send("DELETE", "/networks/" + network, "");
        }

        /** Runs containers that publish ports of their own. */
        List<String> publish(int containers, int ports) throws IOException {
            var ids = new ArrayList<String>();
            for (int i = 0; i < containers; i++) {
                String id = create(ports, FIRST + PORTS + i * ports);
                send("POST", "/containers/" + id + "/start", "");
                ids.add(id);
            }
            return ids;
        }

        private String create(int ports, int first) throws IOException {
            var exposed = new ArrayList<String>();
            var bound = new ArrayList<String>();
            for (int i = 0; i < ports; i++) {
                exposed.add("\"" + (1000 + i) + "/tcp\":{}");
                bound.add("\"" + (1000 + i) + "/tcp\":[{\"HostPort\":\"" + (first + i) + "\"}]");
            }
            return id(send(
                    "POST",
                    "/containers/create",
                    "{\"Image\":\"busybox:latest\",\"Cmd\":[\"sleep\",\"600\"],\"ExposedPorts\":{"
                            + String.join(",", exposed) + "},\"HostConfig\":{\"PortBindings\":{" + String.join(",", bound)
                            + "}}}"));
        }

        double start(int ports) throws IOException {
            String id = create(ports, FIRST);
            double time = timed("POST", "/containers/" + id + "/start", "");
            send("DELETE", "/containers/" + id + "?force=1", "");
            return time;
        }

        double timed(String method, String path, String body) throws IOException {
            long start = System.nanoTime();
            send(method, path, body);
            return (System.nanoTime() - start) / 1e6;
        }

        private static String id(String answer) throws IOException {
            Matcher matcher = ID.matcher(answer);
            if (!matcher.find()) {
                throw new IOException("no id in: " + answer);
            }
            return matcher.group(1);
        }

        String send(String method, String path, String body) throws IOException {
            String type = body.isEmpty() ? "" : "Content-Type: application/json\r\n";
            out.write((method + " /v1.43" + path + " HTTP/1.1\r\nHost: bench\r\n" + type + "Content-Length: "
                            + body.length() + "\r\n\r\n" + body)
                    .getBytes(StandardCharsets.UTF_8));
            int status = Integer.parseInt(line().substring(9, 12));
            int length = 0;
            boolean chunked = false;
            String header;
            while (!(header = line().toLowerCase(Locale.ROOT)).isEmpty()) {
                if (header.startsWith("content-length:")) {
                    length = Integer.parseInt(header.substring(15).strip());
                }
                chunked |= header.startsWith("transfer-encoding: chunked");
            }
            boolean empty = status == 204 || status == 304;
            String answer = empty ? "" : chunked ? chunks() : new String(in.readNBytes(length), StandardCharsets.UTF_8);
            if (status >= 400) {
                throw new IOException(method + " " + path + ": " + status + " " + answer);
            }
            return answer;
        }

        private String chunks() throws IOException {
            var text = new StringBuilder();
            int size;
            while ((size = Integer.parseInt(line(), 16)) > 0) {
                text.append(new String(in.readNBytes(size), StandardCharsets.UTF_8));
                line();
            }
            line();
            return text.toString();
        }

        private String line() throws IOException {
            var text = new StringBuilder();
            int b;
            while ((b = in.read()) != '\n') {
                if (b < 0) {
                    throw new IOException("the engine closed the connection");
                }
                if (b != '\r') {
                    text.append((char) b);
                }
            }
            return text.toString();
        }
    }
}
