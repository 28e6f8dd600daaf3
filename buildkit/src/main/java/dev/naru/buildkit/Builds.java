package dev.naru.buildkit;

import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcStatus;
import java.util.LinkedHashMap;
import java.util.Map;

/** Builds by the reference that their client gave them; a few that have ended too, for those who ask late. */
final class Builds {
    private static final int MOST_ENDED = 16;
    private static final long PATIENCE_MILLIS = 5000;

    private final Map<String, Build> all = new LinkedHashMap<>();

    synchronized void add(Build build) {
        Build before = all.get(build.reference());
        if (before != null && !before.hasEnded()) {
            throw new GrpcException(
                    GrpcStatus.ALREADY_EXISTS, "a build with reference " + build.reference() + " is running");
        }
        all.put(build.reference(), build);
        long ended = all.values().stream().filter(Build::hasEnded).count();
        var each = all.values().iterator();
        while (ended > MOST_ENDED && each.hasNext()) {
            if (each.next().hasEnded()) {
                each.remove();
                ended--;
            }
        }
        notifyAll();
    }

    /** The build, which may begin later than the call that names it. */
    synchronized Build get(String reference) throws InterruptedException {
        long until = System.nanoTime() + PATIENCE_MILLIS * 1_000_000;
        while (true) {
            Build build = all.get(reference);
            if (build != null) {
                return build;
            }
            long left = (until - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new GrpcException(GrpcStatus.NOT_FOUND, "no such job " + reference);
            }
            wait(left);
        }
    }
}
