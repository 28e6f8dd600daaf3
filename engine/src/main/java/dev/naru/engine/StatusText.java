package dev.naru.engine;

import java.time.Duration;

/** How a container is doing, in the words of {@code docker ps}. */
final class StatusText {
    private StatusText() {}

    /**
     * Puts it in words.
     *
     * @param now nanoseconds since 1970
     */
    static String of(Container container, long now) {
        ContainerStatus status = container.status();
        return switch (status.phase()) {
            case RUNNING -> "Up " + since(status.startedAt(), now) + health(container);
            case PAUSED -> "Up " + since(status.startedAt(), now) + " (Paused)";
            case RESTARTING -> "Restarting (" + status.exitCode() + ") " + since(status.finishedAt(), now) + " ago";
            case REMOVING -> "Removal In Progress";
            case DEAD -> "Dead";
            case CREATED, STARTING -> status.startedAt() == 0 ? "Created" : exited(status, now);
            case EXITED -> exited(status, now);
        };
    }

    private static String exited(ContainerStatus status, long now) {
        // One whose first start failed has ended without ever having begun.
        return status.startedAt() == 0 && status.finishedAt() == 0
                ? "Created"
                : "Exited (" + status.exitCode() + ") " + since(status.finishedAt(), now) + " ago";
    }

    private static String health(Container container) {
        return switch (HealthView.state(container)) {
            case "none" -> "";
            case "starting" -> " (health: starting)";
            case String state -> " (" + state + ")";
        };
    }

    private static String since(long then, long now) {
        return words(Duration.ofNanos(Math.max(0, now - then)));
    }

    /** A duration in its largest fitting unit, as Docker rounds it. */
    static String words(Duration duration) {
        long seconds = duration.toSeconds();
        if (seconds < 1) {
            return "Less than a second";
        }
        if (seconds == 1) {
            return "1 second";
        }
        if (seconds < 60) {
            return seconds + " seconds";
        }
        long minutes = duration.toMinutes();
        if (minutes == 1) {
            return "About a minute";
        }
        if (minutes < 60) {
            return minutes + " minutes";
        }
        long hours = Math.round(seconds / 3600.0);
        if (hours == 1) {
            return "About an hour";
        }
        if (hours < 48) {
            return hours + " hours";
        }
        return days(hours);
    }

    private static String days(long hours) {
        long days = hours / 24;
        if (days < 14) {
            return days + " days";
        }
        if (days < 60) {
            return days / 7 + " weeks";
        }
        if (days < 730) {
            return days / 30 + " months";
        }
        return days / 365 + " years";
    }
}
