package org.craq.system.container;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.jboss.as.arquillian.container.ManagementClient;
import org.jboss.dmr.ModelNode;

/** Looks into the application server's virtual machine from outside, by the JDK's {@code jcmd}. */
final class ServerProcess {
    private static final Pattern BETWEEN_THREADS = Pattern.compile("\n\n");

    private final String pid;

    private ServerProcess(String pid) {
        this.pid = pid;
    }

    /** The process behind a management connection. */
    static ServerProcess of(ManagementClient management) throws IOException {
        ModelNode question = new ModelNode();
        question.get("operation").set("read-attribute");
        question.get("address").add("core-service", "platform-mbean").add("type", "runtime");
        question.get("name").set("name");
        ModelNode answer = management.getControllerClient().execute(question);
        return new ServerProcess(answer.get("result").asString().split("@", 2)[0]);
    }

    /** Each thread's name and stack, as the virtual machine prints them. */
    List<String> threads() throws IOException {
        return BETWEEN_THREADS
                .splitAsStream(run("Thread.print"))
                .filter(thread -> thread.startsWith("\"") || thread.contains("\n\""))
                .toList();
    }

    /** How many objects of a class are reachable; the garbage is collected before. */
    long reachable(String className) throws IOException {
        return run("GC.class_histogram")
                .lines()
                .map(line -> line.strip().split("\\s+"))
                .filter(columns -> columns.length >= 4 && columns[3].equals(className))
                .mapToLong(columns -> Long.parseLong(columns[1]))
                .sum();
    }

    private String run(String... command) throws IOException {
        List<String> line = new ArrayList<>();
        line.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        line.add(pid);
        line.addAll(Arrays.asList(command));
        Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IOException("jcmd failed: " + output);
            }
            return output;
        } catch (InterruptedException e) {
            process.destroy();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
