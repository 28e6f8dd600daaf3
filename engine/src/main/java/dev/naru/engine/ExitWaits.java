package dev.naru.engine;

import dev.naru.engine.ContainerService.Waiter;
import dev.naru.engine.ContainerService.Waiter.Outcome;
import dev.naru.error.NaruException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Those who wait for the end of one container. */
final class ExitWaits {
    private final List<Registration> registrations = new ArrayList<>(0);

    /** What is waited for. */
    enum Condition {
        NOT_RUNNING,
        NEXT_EXIT,
        REMOVED;

        /** @throws NaruException INVALID with Docker's text */
        static Condition of(String name) {
            return switch (name) {
                case "", "not-running" -> NOT_RUNNING;
                case "next-exit" -> NEXT_EXIT;
                case "removed" -> REMOVED;
                default -> throw NaruException.invalid("invalid condition: \"" + name + "\"");
            };
        }
    }

    /** Registers a wait; the caller makes sure that the condition is not met already. */
    synchronized Registration register(Condition condition) {
        var registration = new Registration(condition);
        registrations.add(registration);
        return registration;
    }

    /** A wait that is over already. */
    static Waiter met(int exitCode) {
        return new Met(new Outcome(exitCode, null));
    }

    /** Tells that the container has ended. */
    synchronized void exited(int exitCode) {
        registrations.removeIf(registration ->
                registration.condition != Condition.REMOVED && registration.complete(new Outcome(exitCode, null)));
    }

    /** Tells that the container is gone. */
    synchronized void removed(int exitCode) {
        registrations.forEach(registration -> registration.complete(new Outcome(exitCode, null)));
        registrations.clear();
    }

    private synchronized void forget(Registration registration) {
        registrations.remove(registration);
    }

    private record Met(Outcome outcome) implements Waiter {
        @Override
        public Outcome await() {
            return outcome;
        }

        @Override
        public void close() {}
    }

    /** One who waits. */
    final class Registration implements Waiter {
        private final Condition condition;
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile @Nullable Outcome outcome;

        private Registration(Condition condition) {
            this.condition = condition;
        }

        private boolean complete(Outcome with) {
            outcome = with;
            done.countDown();
            return true;
        }

        @Override
        public Outcome await() throws InterruptedException {
            done.await();
            Outcome result = outcome;
            return result == null ? new Outcome(0, "the wait was cancelled") : result;
        }

        /** Waits at most that long; whether the condition was met. */
        boolean await(long time, TimeUnit unit) throws InterruptedException {
            return done.await(time, unit);
        }

        @Override
        public void close() {
            forget(this);
            done.countDown();
        }
    }
}
