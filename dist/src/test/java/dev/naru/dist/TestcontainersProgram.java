package dev.naru.dist;

import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.images.builder.ImageFromDockerfile;
import org.testcontainers.utility.DockerImageName;

/** What a user of Testcontainers writes: a service on a port that it chooses, used and gone. */
final class TestcontainersProgram {
    private TestcontainersProgram() {}

    /** An image that is made for the test, in the classic builder's way. */
    private static void build() throws Exception {
        var image = new ImageFromDockerfile()
                .withBuildArg("W", "word")
                .withFileFromString("Dockerfile", "FROM busybox\nARG W\nCOPY f /f\nRUN echo $W >/w\nCMD sleep 1000\n")
                .withFileFromString("f", "content\n");
        try (GenericContainer<?> made = new GenericContainer<>(image)) {
            made.start();
            System.out.println(
                    "built: " + made.execInContainer("cat", "/w").getStdout().strip());
        }
    }

    public static void main(String[] arguments) throws Exception {
        try (GenericContainer<?> web = new GenericContainer<>(DockerImageName.parse("busybox:latest"))
                .withCommand("sh", "-c", "mkdir /www; echo page >/www/index.html; exec httpd -f -p 80 -h /www")
                .withExposedPorts(80)) {
            web.start();
            URI page = URI.create("http://" + web.getHost() + ":" + web.getMappedPort(80) + "/");
            try (InputStream body = page.toURL().openStream()) {
                System.out.println("served: " + new String(body.readAllBytes(), StandardCharsets.UTF_8).strip());
            }
            System.out.println("executed: "
                    + web.execInContainer("echo", "inside").getStdout().strip());
            if (arguments[0].equals("leave")) {
                System.out.flush();
                Runtime.getRuntime().halt(0);
            }
        }
        build();
    }
}
