package dev.naru.engine;

import dev.naru.error.ErrorKind;
import dev.naru.error.NaruException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/**
 * What this build is.
 *
 * @param version without qualifier
 * @param time when it was built, RFC 3339
 */
record BuildInfo(String version, String time) {
    /** The newest version of the API that is spoken. */
    static final String API = "1.51";

    /** The oldest version of the API that is understood. */
    static final String OLDEST_API = "1.24";

    /** Reads what the build has left in the jar. */
    static BuildInfo read() {
        try (InputStream resource = BuildInfo.class.getResourceAsStream("build.properties")) {
            Properties properties = new Properties();
            if (resource != null) {
                properties.load(resource);
            }
            String version = properties.getProperty("version", "0");
            return new BuildInfo(version.replace("-SNAPSHOT", ""), properties.getProperty("time", ""));
        } catch (IOException e) {
            throw NaruException.because(ErrorKind.INTERNAL, "cannot read the build's properties", e);
        }
    }
}
