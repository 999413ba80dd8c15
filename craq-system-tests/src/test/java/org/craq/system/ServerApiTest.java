package org.craq.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.craq.cluster.Installation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Checks that the deployments run on either server: everything that their classes refer to outside themselves and the
 * JDK, both classes and members, is in the libraries of the server. The compiler has seen only one version of these.
 */
class ServerApiTest {
    private static final Installation INSTALLATION = Installation.in(Installation.home());

    /** A server, identified by the folder of its libraries. */
    enum Server {
        WILDFLY(INSTALLATION.wildfly().resolve("modules")),
        PAYARA(Folders.target().resolve("payara/payara6/glassfish"));

        private final Path libraries;

        Server(Path libraries) {
            this.libraries = libraries;
        }
    }

    @ParameterizedTest
    @EnumSource
    void hasWhatTheDeploymentsReferTo(Server server) throws IOException {
        Library library = Library.of(server.libraries);
        for (Path war : List.of(INSTALLATION.nodeWar(), INSTALLATION.managerWar())) {
            Deployment deployment = Deployment.read(war);
            assertThat(deployment.own()).as("our own classes in %s", war).hasSizeGreaterThan(50);
            assertThat(library.missing(deployment))
                    .as("missing in %s for %s", server, war)
                    .isEmpty();
        }
    }

    /** The classes of a WAR, including those of its libraries. */
    private record Deployment(Map<String, ClassFile> classes) {
        static Deployment read(Path war) throws IOException {
            Map<String, ClassFile> classes = new HashMap<>();
            try (InputStream file = Files.newInputStream(war);
                    ZipInputStream entries = new ZipInputStream(file)) {
                for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
                    if (entry.getName().endsWith(".class")) {
                        add(classes, entries.readAllBytes());
                    } else if (entry.getName().endsWith(".jar")) {
                        ZipInputStream jar = new ZipInputStream(new ByteArrayInputStream(entries.readAllBytes()));
                        for (ZipEntry inner = jar.getNextEntry(); inner != null; inner = jar.getNextEntry()) {
                            if (inner.getName().endsWith(".class")) {
                                add(classes, jar.readAllBytes());
                            }
                        }
                    }
                }
            }
            return new Deployment(classes);
        }

        private static void add(Map<String, ClassFile> classes, byte[] bytes) throws IOException {
            ClassFile read = ClassFile.read(bytes);
            classes.put(read.name(), read);
        }

        List<ClassFile> own() {
            return classes.values().stream()
                    .filter(one -> one.name().startsWith("org/craq/"))
                    .toList();
        }
    }

    /** The classes of a server, by the jar that contains them; read on demand. */
    private static final class Library {
        private final Map<String, List<Path>> jars = new HashMap<>();
        private final Map<String, Optional<ClassFile>> read = new HashMap<>();
        private final Map<String, Boolean> ofJdk = new HashMap<>();

        static Library of(Path folder) throws IOException {
            Library library = new Library();
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path jar :
                        files.filter(file -> file.toString().endsWith(".jar")).toList()) {
                    try (JarFile open = new JarFile(jar.toFile())) {
                        open.stream()
                                .map(ZipEntry::getName)
                                .filter(name -> name.endsWith(".class"))
                                .forEach(name -> library.jars
                                        .computeIfAbsent(
                                                name.substring(0, name.length() - ".class".length()),
                                                any -> new ArrayList<>())
                                        .add(jar));
                    }
                }
            }
            assertThat(library.jars).as("classes in %s", folder).hasSizeGreaterThan(1000);
            return library;
        }

        /**
         * Returns what the deployment's own classes refer to and neither the deployment, nor the JDK, nor the server
         * contains.
         */
        Set<String> missing(Deployment deployment) {
            Set<String> missing = new TreeSet<>();
            for (ClassFile one : deployment.own()) {
                for (ClassFile.Reference reference : one.referred()) {
                    String owner = reference.owner();
                    if (owner.startsWith("[") || ofJdk(owner)) {
                        continue;
                    }
                    if (find(deployment, owner).isEmpty()) {
                        missing.add(one.name() + ": " + owner);
                    } else if (!reference.ofClassAlone()
                            && !has(deployment, owner, reference.member(), new HashSet<>())) {
                        missing.add(one.name() + ": " + owner + "." + reference.member());
                    }
                }
            }
            return missing;
        }

        private boolean ofJdk(String name) {
            return ofJdk.computeIfAbsent(
                    name, any -> ClassLoader.getPlatformClassLoader().getResource(name + ".class") != null);
        }

        /**
         * Returns true if the class or one of its ancestors declares the member. The compiler has verified members of
         * JDK classes.
         */
        private boolean has(Deployment deployment, String owner, ClassFile.Member member, Set<String> seen) {
            if (!seen.add(owner)) {
                return false;
            }
            if (ofJdk(owner)) {
                return declaredByJdk(owner, member);
            }
            return find(deployment, owner)
                    .filter(found -> found.members().contains(member)
                            || found.parents().stream().anyMatch(parent -> has(deployment, parent, member, seen)))
                    .isPresent();
        }

        private static boolean declaredByJdk(String owner, ClassFile.Member member) {
            try (InputStream bytes = ClassLoader.getPlatformClassLoader().getResourceAsStream(owner + ".class")) {
                ClassFile found = ClassFile.read(bytes.readAllBytes());
                return found.members().contains(member)
                        || found.parents().stream().anyMatch(parent -> declaredByJdk(parent, member));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private Optional<ClassFile> find(Deployment deployment, String name) {
            return Optional.ofNullable(deployment.classes().get(name))
                    .or(() -> read.computeIfAbsent(name, any -> jars.getOrDefault(name, List.of()).stream()
                            .findFirst()
                            .map(jar -> read(jar, name))));
        }

        private static ClassFile read(Path jar, String name) {
            try (JarFile open = new JarFile(jar.toFile());
                    InputStream bytes = open.getInputStream(open.getEntry(name + ".class"))) {
                return ClassFile.read(bytes.readAllBytes());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
