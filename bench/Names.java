import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;

/**
 * How fast names are answered. Run it in a container's network namespace:
 *
 * <pre>nsenter -t PID -n java bench/Names.java NAME [SECONDS [CLIENTS]]</pre>
 *
 * Each client asks 127.0.0.11 for the name's address, waits for the answer, and asks again: at once, or with {@code
 * -Drate=20000} so that all clients together ask that often a second. Without a rate the clients take all processors there
 * are, and what is measured is how long they wait for their own turns; with one it is how soon the answer comes.
 */
final class Names {
    private static final SocketAddress SERVER = new InetSocketAddress("127.0.0.11", 53);
    private static final int MOST = 4_000_000;
    private static final int RATE = Integer.getInteger("rate", 0);

    public static void main(String[] arguments) throws Exception {
        byte[] question = question(arguments[0]);
        int seconds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 5;
        int clients = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 4;
        run(question, 1, clients);
        long[] times = run(question, seconds, clients);
        Arrays.sort(times);
        System.out.printf(
                "%d clients: %,d queries/s, median %.3f ms, p99 %.3f ms, max %.3f ms%n",
                clients,
                times.length / seconds,
                times[times.length / 2] / 1e6,
                times[times.length * 99 / 100] / 1e6,
                times[times.length - 1] / 1e6);
    }

    private static long[] run(byte[] question, int seconds, int clients) throws Exception {
        long until = System.nanoTime() + seconds * 1_000_000_000L;
        long pause = RATE == 0 ? 0 : 1_000_000_000L * clients / RATE;
        Callable<long[]> client = () -> ask(question, until, pause);
        try (var threads = Executors.newFixedThreadPool(clients)) {
            var all = LongStream.range(0, clients).mapToObj(each -> threads.submit(client)).toList();
            long[] times = {};
            for (Future<long[]> each : all) {
                long[] more = each.get();
                times = Arrays.copyOf(times, times.length + more.length);
                System.arraycopy(more, 0, times, times.length - more.length, more.length);
            }
            return times;
        }
    }

    private static long[] ask(byte[] question, long until, long pause) throws Exception {
        long[] times = new long[MOST];
        int count = 0;
        byte[] message = question.clone();
        var answer = new DatagramPacket(new byte[4096], 4096);
        try (var socket = new DatagramSocket()) {
            socket.connect(SERVER);
            socket.setSoTimeout(5000);
            long next = System.nanoTime() + (long) (pause * Math.random());
            while (System.nanoTime() < until && count < MOST) {
                if (pause > 0) {
                    // Behind its time it asks at once and does not try to catch up.
                    LockSupport.parkNanos(next - System.nanoTime());
                    next = Math.max(next + pause, System.nanoTime());
                }
                message[1] = (byte) count;
                message[0] = (byte) (count >>> 8);
                long from = System.nanoTime();
                socket.send(new DatagramPacket(message, message.length));
                try {
                    socket.receive(answer);
                } catch (SocketTimeoutException lost) {
                    throw new IllegalStateException("no answer in five seconds", lost);
                }
                times[count++] = System.nanoTime() - from;
                if ((answer.getData()[3] & 15) != 0 || answer.getData()[7] == 0) {
                    throw new IllegalStateException("the name has no address");
                }
            }
        }
        return Arrays.copyOf(times, count);
    }

    private static byte[] question(String name) {
        ByteBuffer out = ByteBuffer.allocate(512);
        out.putShort((short) 0).putShort((short) 0x0100).putShort((short) 1).putShort((short) 0).putInt(0);
        for (String label : name.split("\\.")) {
            byte[] bytes = label.getBytes(StandardCharsets.UTF_8);
            out.put((byte) bytes.length).put(bytes);
        }
        out.put((byte) 0).putShort((short) 1).putShort((short) 1);
        return Arrays.copyOf(out.array(), out.position());
    }
}
