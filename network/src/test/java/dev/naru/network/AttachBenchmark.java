package dev.naru.network;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Prints what connecting and disconnecting cost: arguments are callers, rounds of each, published ports, pause in ms, sandboxes kept ready. */
final class AttachBenchmark {
    private AttachBenchmark() {}

    public static void main(String[] arguments) throws Exception {
        int callers = Integer.parseInt(arguments[0]);
        int rounds = Integer.parseInt(arguments[1]);
        int ports = Integer.parseInt(arguments[2]);
        int pause = Integer.parseInt(arguments[3]);
        int ready = Integer.parseInt(arguments[4]);
        try (var network = new TestNetwork(true, false, ready)) {
            run(network, callers, Math.min(rounds, 20), ports, pause);
            long start = System.nanoTime();
            long[][] times = run(network, callers, rounds, ports, pause);
            double seconds = (System.nanoTime() - start) / 1e9;
            String[] names = {"take", "attach", "detach", "close"};
            System.out.printf("callers %d: %.0f/s%n", callers, callers * rounds / seconds);
            for (int i = 0; i < names.length; i++) {
                Arrays.sort(times[i]);
                int n = times[i].length;
                System.out.printf(
                        "  %-7s min %6.2f  median %6.2f  p95 %6.2f  max %6.2f ms%n",
                        names[i],
                        times[i][0] / 1e6,
                        times[i][n / 2] / 1e6,
                        times[i][n * 95 / 100] / 1e6,
                        times[i][n - 1] / 1e6);
            }
        }
    }

    private static long[][] run(TestNetwork network, int callers, int rounds, int ports, int pause) throws Exception {
        long[][] times = new long[4][callers * rounds];
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var all = new ArrayList<Future<?>>();
            for (int c = 0; c < callers; c++) {
                int from = c * rounds;
                all.add(executor.submit(() -> {
                    for (int i = 0; i < rounds; i++) {
                        round(network, times, from + i, ports);
                        Thread.sleep(pause);
                    }
                    return true;
                }));
            }
            for (Future<?> each : all) {
                each.get();
            }
        }
        return times;
    }

    private static void round(TestNetwork network, long[][] times, int at, int ports) {
        var requests = new EndpointSpec.PortRequest[ports];
        Arrays.fill(requests, TestNetwork.port(80, "", 0, 0));
        long t0 = System.nanoTime();
        NetworkSandbox sandbox = network.sandboxes.take("c", network.spec);
        long t1 = System.nanoTime();
        Attachment attachment = network.driver.attach(network.spec, TestNetwork.endpoint(requests), sandbox);
        long t2 = System.nanoTime();
        network.driver.detach(network.spec, attachment);
        long t3 = System.nanoTime();
        sandbox.close();
        long t4 = System.nanoTime();
        times[0][at] = t1 - t0;
        times[1][at] = t2 - t1;
        times[2][at] = t3 - t2;
        times[3][at] = t4 - t3;
    }
}
