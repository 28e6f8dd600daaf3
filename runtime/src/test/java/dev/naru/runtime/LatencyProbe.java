package dev.naru.runtime;

import static java.util.Objects.requireNonNull;

import dev.naru.oci.LinuxSpecBuilder;
import dev.naru.oci.Namespace;
import dev.naru.oci.RuntimeSpecBuilder;
import java.util.Arrays;
import java.util.List;

/** Prints how long launches and execs take; run by hand. */
final class LatencyProbe {
    private LatencyProbe() {}

    public static void main(String[] args) throws Exception {
        try (ContainerLab lab = new ContainerLab()) {
            for (int round = 0; round < 3; round++) {
                launches(lab, true);
                launches(lab, false);
                execs(lab);
            }
        }
    }

    private static void launches(ContainerLab lab, boolean minimal) throws Exception {
        int count = 100;
        double[][] times = new double[4][count];
        for (int i = 0; i < count; i++) {
            LaunchRequest request = lab.request(ContainerLab.PIPES, "true");
            if (minimal) {
                request = lab.with(request, spec -> RuntimeSpecBuilder.builder(spec)
                        .hostname("")
                        .mounts(lab.defaults.mounts(DefaultSpec.SHM_SIZE, false).subList(0, 3))
                        .linux(LinuxSpecBuilder.builder()
                                .cgroupsPath(requireNonNull(
                                        requireNonNull(spec.linux()).cgroupsPath()))
                                .namespaces(List.of(new Namespace("mount", null), new Namespace("pid", null)))
                                .build())
                        .build());
            }
            long begin = System.nanoTime();
            RunningContainer container = lab.runtime.launch(request);
            long launched = System.nanoTime();
            container.start();
            long started = System.nanoTime();
            container.awaitExit();
            long ended = System.nanoTime();
            container.delete();
            long deleted = System.nanoTime();
            times[0][i] = (launched - begin) / 1e6;
            times[1][i] = (started - launched) / 1e6;
            times[2][i] = (ended - started) / 1e6;
            times[3][i] = (deleted - ended) / 1e6;
        }
        print(minimal ? "minimal launch/start/exit/delete" : "default launch/start/exit/delete", times);
    }

    private static void execs(ContainerLab lab) throws Exception {
        RunningContainer container = lab.run(ContainerLab.PIPES, "sleep", "1000");
        double[][] times = new double[2][100];
        for (int i = 0; i < 100; i++) {
            long begin = System.nanoTime();
            try (RunningExec exec = container.exec(ContainerLab.exec(lab.process("true"), ContainerLab.PIPES))) {
                long started = System.nanoTime();
                exec.awaitExit();
                times[0][i] = (started - begin) / 1e6;
                times[1][i] = (System.nanoTime() - started) / 1e6;
            }
        }
        container.delete();
        lab.launched.remove(container);
        print("exec start/exit", times);
    }

    private static void print(String what, double[][] times) {
        StringBuilder line = new StringBuilder(what);
        for (double[] series : times) {
            Arrays.sort(series);
            line.append(String.format("  median %.2f min %.2f ms", series[series.length / 2], series[0]));
        }
        System.out.println(line);
    }
}
