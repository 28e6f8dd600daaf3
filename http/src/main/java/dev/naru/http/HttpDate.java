package dev.naru.http;

/** The Date field, RFC 9110 section 5.6.7, by hand: java.time's formatter costs start-up time. */
final class HttpDate {
    private static final String[] DAYS = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };

    private HttpDate() {}

    static String now() {
        return of(System.currentTimeMillis() / 1000);
    }

    static String of(long seconds) {
        long day = Math.floorDiv(seconds, 86_400L);
        int time = (int) Math.floorMod(seconds, 86_400L);
        var date = java.time.LocalDate.ofEpochDay(day);
        var text = new StringBuilder(29);
        text.append(DAYS[(int) Math.floorMod(day, 7L)]).append(", ");
        two(text, date.getDayOfMonth())
                .append(' ')
                .append(MONTHS[date.getMonthValue() - 1])
                .append(' ');
        text.append(date.getYear()).append(' ');
        two(text, time / 3600).append(':');
        two(text, time / 60 % 60).append(':');
        return two(text, time % 60).append(" GMT").toString();
    }

    private static StringBuilder two(StringBuilder text, int number) {
        return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
