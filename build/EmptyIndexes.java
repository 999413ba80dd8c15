import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jboss.jandex.IndexWriter;
import org.jboss.jandex.Indexer;

/**
 * Tells application servers that the libraries of a WAR hold no annotations for them: adds an empty Jandex index to each. Without one a server reads
 * every class of every library at each start, which is a sixth of the processor time that the start of a WildFly server takes.
 *
 * <p>Run by the build of both WARs, with Jandex on the class path: {@code java -cp jandex.jar EmptyIndexes.java WAR}.
 */
class EmptyIndexes {
    private static final String LIBRARIES = "WEB-INF/lib";
    private static final String INDEX = "META-INF/jandex.idx";
    /** Its REST resources, filters and listeners are found by their annotations. */
    private static final String SCANNED = "craq-server-";
    /** A version of the format that WildFly 27 and later read. */
    private static final int INDEX_VERSION = 11;
    /** The same WAR is made from the same sources at any time. */
    private static final FileTime TIME = FileTime.fromMillis(315_532_800_000L);

    public static void main(String[] arguments) throws IOException {
        try (FileSystem war = open(Path.of(arguments[0]))) {
            for (Path library : list(war.getPath(LIBRARIES))) {
                if (!library.getFileName().toString().startsWith(SCANNED)) {
                    index(library);
                }
            }
        }
    }

    private static void index(Path library) throws IOException {
        Path copy = Files.createTempFile("craq", ".jar");
        try {
            Files.copy(library, copy, StandardCopyOption.REPLACE_EXISTING);
            try (FileSystem jar = open(copy)) {
                Path index = jar.getPath(INDEX);
                if (Files.exists(index)) {
                    return;
                }
                Files.createDirectories(index.getParent());
                try (OutputStream out = Files.newOutputStream(index)) {
                    new IndexWriter(out).write(new Indexer().complete(), INDEX_VERSION);
                }
                Files.setLastModifiedTime(index, TIME);
            }
            FileTime time = Files.getLastModifiedTime(library);
            Files.copy(copy, library, StandardCopyOption.REPLACE_EXISTING);
            Files.setLastModifiedTime(library, time);
        } finally {
            Files.delete(copy);
        }
    }

    private static FileSystem open(Path archive) throws IOException {
        return FileSystems.newFileSystem(URI.create("jar:" + archive.toUri()), Map.of());
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
    }
}
