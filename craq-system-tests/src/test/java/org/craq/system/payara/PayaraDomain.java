package org.craq.system.payara;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.craq.cluster.DatabaseAccess;
import org.craq.cluster.Installation;
import org.craq.system.Folders;

/**
 * A domain of the Payara that the build has unpacked, with one application, created by {@code prepare.sh} as by a user.
 * {@link #close} stops its process and deletes it; the logs of the last run are kept.
 */
final class PayaraDomain implements AutoCloseable {
    static final Path PAYARA = Folders.target().resolve("payara/payara6");

    private static final Path FOLDER = Folders.target().resolve("payara-domains");
    private static final Path SERVER_CONFIG = Installation.home().resolve("server-config");
    private static final Duration LIMIT = Duration.ofMinutes(10);
    /** Offsets of the used ports from the port base of a domain. */
    private static final int HTTP = 80;

    private static final int HTTPS = 81;
    private static final int CONSOLE = 48;
    private static final int ORB = 37;
    private static final int LOWEST_BASE = 20_000;
    private static final int BASES = 100;
    /** Start times of processes have a resolution of a second, or of a hundredth of it. */
    private static final Duration CLOCK_STEP = Duration.ofSeconds(2);

    private final String name;
    private final int base;
    private final Path domain;
    private final Path log;
    private volatile Optional<Process> command = Optional.empty();

    PayaraDomain(String name) {
        this.name = name;
        this.base = freeBase();
        this.domain = PAYARA.resolve("glassfish/domains").resolve(name);
        this.log = FOLDER.resolve(name + ".log");
    }

    /** Returns a port base, from which the ports of a domain are counted; one process gets different ones. */
    private static int freeBase() {
        SecureRandom random = new SecureRandom();
        for (int attempts = 0; attempts < BASES; attempts++) {
            int base = LOWEST_BASE + BASES * random.nextInt(BASES);
            if (isFree(base + HTTP) && isFree(base + HTTPS) && isFree(base + CONSOLE) && isFree(base + ORB)) {
                return base;
            }
        }
        throw new IllegalStateException("no free ports for a domain from " + LOWEST_BASE);
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    /** Returns the base URL of its REST interface. */
    String url() {
        return "http://127.0.0.1:" + (base + HTTP);
    }

    /** Returns the same once the domain has a key store. */
    String secureUrl() {
        return "https://127.0.0.1:" + (base + HTTPS);
    }

    /** Returns what the server has logged. */
    String log() throws IOException {
        return Files.readString(domain.resolve("logs/server.log"));
    }

    /** Returns the pid of its process, which must exist. */
    String pid() throws IOException {
        return Files.readString(domain.resolve("config/pid")).strip();
    }

    /** Creates the domain and deploys the application, after stopping what a killed run may have left of the domain. */
    void create(DatabaseAccess database, Path archive, Map<String, Object> settings) {
        close();
        prepare(database, archive, settings);
    }

    /** Runs {@code prepare.sh}, which may be repeated. */
    void prepare(DatabaseAccess database, Path archive, Map<String, Object> settings) {
        List<String> command = new ArrayList<>(List.of(
                "sh",
                SERVER_CONFIG.resolve("payara/prepare.sh").toString(),
                PAYARA.toString(),
                name,
                Integer.toString(base),
                driver().toString(),
                archive.toString(),
                "craq.db.url=" + database.url(),
                "craq.db.user=" + database.user()));
        settings.forEach((setting, value) -> command.add(setting + "=" + value));
        run(command, Map.of("CRAQ_DB_PASSWORD", database.password()));
    }

    private static Path driver() {
        Path libraries = SERVER_CONFIG.resolve("target/lib");
        try (var files = Files.newDirectoryStream(libraries, "postgresql-*.jar")) {
            return files.iterator().next();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Replaces the deployed archive in one step. */
    void redeploy(Path archive) {
        required(deployment(archive));
    }

    /** Returns whether the archive can be deployed while the server has another value of a setting. */
    boolean deploysWith(String setting, String value, Path archive) {
        required(asadmin("create-system-properties", setting + "=" + value));
        try {
            return attempt(deployment(archive), Map.of()) == 0;
        } finally {
            required(asadmin("delete-system-property", setting));
        }
    }

    private List<String> deployment(Path archive) {
        String application = archive.getFileName().toString().replaceAll("[.][^.]*$", "");
        return asadmin("deploy", "--force=true", "--name", application, archive.toString());
    }

    private void required(List<String> command) {
        run(command, Map.of());
    }

    /** Returns an administrator's command, which requires a password. */
    private List<String> asadmin(String... words) {
        List<String> command = new ArrayList<>(List.of(
                PAYARA.resolve("bin/asadmin").toString(),
                "--interactive=false",
                "--user",
                "admin",
                "--passwordfile",
                domain.resolve("config/craq-admin.password").toString(),
                "--port",
                Integer.toString(base + CONSOLE)));
        command.addAll(Arrays.asList(words));
        return command;
    }

    /** Returns true if a user without the password can list the applications. */
    boolean admitsAnybody() {
        return attempt(
                        List.of(
                                PAYARA.resolve("bin/asadmin").toString(),
                                "--interactive=false",
                                "--port",
                                Integer.toString(base + CONSOLE),
                                "list-applications"),
                        Map.of())
                == 0;
    }

    private void run(List<String> command, Map<String, String> environment) {
        int status = attempt(command, environment);
        if (status != 0) {
            throw new AssertionError(
                    command.get(0) + " ended with " + status + "; see " + log + " and " + domain.resolve("logs"));
        }
    }

    private int attempt(List<String> words, Map<String, String> environment) {
        try {
            Files.createDirectories(home());
            ProcessBuilder builder = new ProcessBuilder(words)
                    .redirectErrorStream(true)
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
            Files.writeString(
                    log, String.join(" ", words) + "\n", UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            builder.environment().putAll(environment);
            builder.environment().put("AS_JAVA", System.getProperty("java.home"));
            builder.environment()
                    .merge("JAVA_TOOL_OPTIONS", "-Duser.home=" + home(), (given, own) -> given + " " + own);
            Process process = builder.start();
            command = Optional.of(process);
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                end(process);
                throw new AssertionError(words.get(0) + " did not end in time; see " + log);
            }
            return process.exitValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }

    /** Kills the process, as nothing of the domain is needed any more, and keeps its log. */
    @Override
    public void close() {
        // An interrupted command may be about to start the server.
        command.filter(Process::isAlive).ifPresent(PayaraDomain::end);
        server().ifPresent(process -> {
            process.destroyForcibly();
            process.onExit().join();
        });
        try {
            Path written = domain.resolve("logs/server.log");
            if (Files.exists(written)) {
                Files.createDirectories(FOLDER);
                Files.move(written, FOLDER.resolve(name + ".server.log"), StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Folders.delete(domain);
        Folders.delete(home());
    }

    private Path home() {
        return FOLDER.resolve(name + "-home");
    }

    /**
     * Returns the process from the file that the server writes at its start; a process that was not started just before
     * that time has reused the pid.
     */
    private Optional<ProcessHandle> server() {
        Path file = domain.resolve("config/pid");
        try {
            Instant written = Files.getLastModifiedTime(file).toInstant();
            return ProcessHandle.of(Long.parseLong(pid())).filter(process -> process.info()
                    .startInstant()
                    .filter(start -> start.isBefore(written.plus(CLOCK_STEP)) && start.isAfter(written.minus(LIMIT)))
                    .isPresent());
        } catch (IOException | NumberFormatException e) {
            return Optional.empty();
        }
    }
}
