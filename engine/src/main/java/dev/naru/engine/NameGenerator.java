package dev.naru.engine;

import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/** Makes names up for containers that are given none: a quality of water and something met on a river. */
final class NameGenerator {
    private static final String[] QUALITIES = words("agile amber ample ancient azure bold brave breezy bright brisk "
            + "calm candid chilly clear clever coastal cool coral crisp curious dapper daring dawn deep eager early "
            + "easy faithful fast fleet fluent foggy fond free fresh frosty gentle glad golden grand green happy hardy "
            + "hidden honest humble icy jolly keen kind lively lucid lunar merry mild misty mossy nimble noble patient "
            + "placid plucky polite proud quick quiet rapid ready rosy rushing salty sandy serene sharp shiny silent "
            + "silver sleek smooth snowy steady still sunny swift tidal tidy tranquil trusty vivid warm wide windy wise "
            + "witty young");
    private static final String[] THINGS = words("anchor barge bay beacon beaver bell boat bow breeze bridge brook "
            + "buoy canal canoe captain carp channel coast compass coot cove crane creek crew current cutter deck delta "
            + "diver dock dolphin eddy eel egret ferry fisher fjord ford galley gull harbor helm heron hull ibis inlet "
            + "island jetty kayak keel kelp lagoon landing lantern lark lighthouse lily loon marsh mast mill mooring "
            + "oar otter paddle pebble pelican pier pike pilot pond port prow quay raft rapids reed reef ripple river "
            + "rudder sail salmon sandbar schooner shoal shore skiff sloop sound spray stream surf swan tern tide tiller "
            + "trout tug voyage wake wave wharf willow");

    private NameGenerator() {}

    private static String[] words(String text) {
        return text.split(" ");
    }

    /** A name that is not taken. */
    static String next(Predicate<String> taken) {
        RandomGenerator random = java.util.concurrent.ThreadLocalRandom.current();
        for (int attempt = 0; ; attempt++) {
            String name = QUALITIES[random.nextInt(QUALITIES.length)] + "_" + THINGS[random.nextInt(THINGS.length)];
            if (attempt > 5) {
                name += random.nextInt(10 * attempt);
            }
            if (!taken.test(name)) {
                return name;
            }
        }
    }
}
