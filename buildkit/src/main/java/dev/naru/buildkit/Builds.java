package dev.naru.buildkit;

import dev.naru.grpc.GrpcException;
import dev.naru.grpc.GrpcStatus;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds by the reference that their client gave them; a few that have ended too, for those who ask late. */
final class Builds {
    private static final int MOST_ENDED = 32;
    private static final long PATIENCE_MILLIS = 5000;

    private long changes;
    private final Map<String, Build> all = new LinkedHashMap<>();

    synchronized void add(Build build) {
        Build before = all.get(build.reference());
        if (before != null && !before.hasEnded()) {
            throw new GrpcException(
                    GrpcStatus.ALREADY_EXISTS, "a build with reference " + build.reference() + " is running");
        }
        all.put(build.reference(), build);
        changes++;
        long ended = all.values().stream().filter(Build::hasEnded).count();
        var each = all.values().iterator();
        while (ended > MOST_ENDED && each.hasNext()) {
            Build oldest = each.next();
            if (oldest.hasEnded() && !oldest.isPinned()) {
                each.remove();
                ended--;
            }
        }
        notifyAll();
    }

    /** Something about a build is new. */
    synchronized void changed() {
        changes++;
        notifyAll();
    }

    /** How often something changed. */
    synchronized long changes() {
        return changes;
    }

    /** Waits until something has changed since. */
    synchronized long awaitChange(long since) throws InterruptedException {
        while (changes == since) {
            wait();
        }
        return changes;
    }

    /** All that are known, the oldest first. */
    synchronized List<Build> all() {
        return List.copyOf(all.values());
    }

    /** Forgets one that has ended. */
    synchronized void forget(Build build) {
        if (!build.hasEnded()) {
            throw new GrpcException(
                    GrpcStatus.FAILED_PRECONDITION, "the build " + build.reference() + " has not ended");
        }
        all.remove(build.reference(), build);
        changed();
    }

    /** One that is here now. */
    synchronized Optional<Build> find(String reference) {
        return Optional.ofNullable(all.get(reference));
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
