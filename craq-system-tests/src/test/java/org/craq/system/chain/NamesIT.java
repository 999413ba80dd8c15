package org.craq.system.chain;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.craq.client.FileInfo;
import org.craq.client.GetOptions;
import org.craq.client.ListOptions;
import org.craq.client.ListPage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Names are taken literally, whatever characters they contain, and are listed in the byte order of their UTF-8 form.
 */
@ExtendWith(ChainExtension.class)
class NamesIT {
    private final TestChain chain;
    private final Rest rest;

    NamesIT(TestChain chain) {
        this.chain = chain;
        this.rest = chain.rest();
    }

    static Stream<String> names() {
        return Stream.of(
                "names/with space",
                " leading and trailing ",
                "names/100%",
                "names/%41 is not A",
                "names/a_b",
                "names/a+b",
                "names/a;b=c",
                "names/what?",
                "names/what?version=1-1",
                "names/a#b",
                "names/a&b=c",
                "names/back\\slash",
                "names/quo\"te'",
                "names/[{<|>}]^`~",
                "names/...",
                "names/.hidden/..almost",
                "names/:",
                "names/*",
                "names/@!$,",
                "names/äöüß",
                "names/e\u0301 combining",
                "names/日本語",
                "names/\u202Eright to left",
                "names/😀 outside the basic plane",
                "names/\uFFFD\uFEFF",
                "v1/files/like-a-path",
                "n".repeat(1024),
                "😀".repeat(256),
                "d/".repeat(500) + "deep");
    }

    @ParameterizedTest
    @MethodSource("names")
    void aFileIsFoundUnderItsNameByBothWays(String name) throws IOException {
        byte[] content = name.getBytes(StandardCharsets.UTF_8);

        Rest.Answer written = rest.put(Rest.file(chain.headUrl(), name), content);

        assertThat(written.status()).as(written.text()).isEqualTo(201);
        assertThat(written.json().get("name").getAsString()).isEqualTo(name);
        for (String node : TestChain.NODES) {
            assertThat(rest.get(Rest.file(chain.cluster().nodeUrl(node), name)).body())
                    .as("by REST from %s", node)
                    .isEqualTo(content);
            ByteArrayOutputStream read = new ByteArrayOutputStream();
            FileInfo info = chain.client().get(name, read, GetOptions.defaults().withNode(node));
            assertThat(read.toByteArray()).as("by gRPC from %s", node).isEqualTo(content);
            assertThat(info.name()).isEqualTo(name);
        }
        assertThat(rest.getFollowing(Rest.file(chain.cluster().managerUrl(), name))
                        .body())
                .as("through the manager")
                .isEqualTo(content);
        assertThat(chain.client().listAll(name)).extracting(FileInfo::name).contains(name);
        assertThat(Rest.names(rest.get(listing("n2", "prefix=" + Rest.escape(name, "")))))
                .contains(name);

        assertThat(rest.delete(Rest.file(chain.headUrl(), name)).status()).isEqualTo(200);
        assertThat(rest.get(Rest.file(chain.cluster().nodeUrl("n3"), name)).status())
                .isEqualTo(404);
    }

    @Test
    void namesThatDifferOnlyInCaseOrCompositionAreDifferentFiles() throws IOException {
        List<String> names = List.of("same/A", "same/a", "same/\u00E9", "same/e\u0301", "same/a ", "same/a%20");
        for (String name : names) {
            chain.client().put(name, new ByteArrayInputStream(name.getBytes(StandardCharsets.UTF_8)));
        }
        for (String name : names) {
            assertThat(rest.get(Rest.file(chain.cluster().nodeUrl("n2"), name)).text())
                    .isEqualTo(name);
        }
        assertThat(chain.client().listAll("same/")).hasSize(names.size());
    }

    @Test
    void aListingHasAllFilesOfAPrefixInTheByteOrderOfTheirNames() throws IOException {
        List<String> names = new ArrayList<>(List.of(
                "list/%",
                "list/_",
                "list/_a",
                "list/%a",
                "list/a",
                "list/A",
                "list/a/b",
                "list/a b",
                "list/ä",
                "list/\uFFFD",
                "list/😀",
                "list/z",
                "list/-",
                "list/aa",
                "list/*",
                "list/\\"));
        IntStream.range(0, 20).forEach(i -> names.add("list/page-" + i));
        for (String name : names) {
            chain.client().put(name, new ByteArrayInputStream(new byte[] {1}));
        }
        chain.client().put("lis", new ByteArrayInputStream(new byte[0]));
        chain.client().put("list0", new ByteArrayInputStream(new byte[0]));
        List<String> expected = names.stream().sorted(byUtf8()).toList();

        for (String node : TestChain.NODES) {
            assertThat(Rest.names(rest.get(listing(node, "prefix=list/"))))
                    .as(node)
                    .isEqualTo(expected);
            for (int limit : List.of(1, 7, 36, 37)) {
                assertThat(pages(node, "list/", limit))
                        .as("%s by %d", node, limit)
                        .isEqualTo(expected);
            }
        }
        assertThat(chain.client().listAll("list/")).extracting(FileInfo::name).isEqualTo(expected);
        assertThat(pages("n1", "list/%", 1)).containsExactly("list/%", "list/%a");
        assertThat(pages("n1", "list/_", 1)).containsExactly("list/_", "list/_a");
        assertThat(pages("n1", "list/\\", 5)).containsExactly("list/\\");
        assertThat(pages("n1", "list/😀", 5)).containsExactly("list/😀");
        assertThat(pages("n1", "list/page-1", 3)).hasSize(11);
        assertThat(pages("n1", "no such prefix", 5)).isEmpty();
        assertThat(pages("n1", "", 1000)).containsAll(expected).contains("lis", "list0");
    }

    @Test
    void aListingThroughTheManagerIsTheSame() throws IOException {
        chain.client().put("managed/one", new ByteArrayInputStream(new byte[] {1}));

        Rest.Answer listing =
                rest.getFollowing(URI.create(chain.cluster().managerUrl() + "/v1/files?prefix=managed/&limit=10"));

        assertThat(Rest.names(listing)).containsExactly("managed/one");
    }

    private List<String> pages(String node, String prefix, int limit) {
        List<String> names = new ArrayList<>();
        Optional<URI> next = Optional.of(listing(node, "prefix=" + Rest.escape(prefix, "") + "&limit=" + limit));
        while (next.isPresent()) {
            Rest.Answer page = rest.get(next.get());
            assertThat(page.status()).as(page.text()).isEqualTo(200);
            List<String> found = Rest.names(page);
            assertThat(found).hasSizeLessThanOrEqualTo(limit);
            names.addAll(found);
            next = Rest.nextPage(next.get(), page);
            assertThat(page.json().get("nextCursor").getAsString().isEmpty()).isEqualTo(next.isEmpty());
        }
        return names;
    }

    private URI listing(String node, String query) {
        return URI.create(chain.cluster().nodeUrl(node) + "/v1/files?" + query);
    }

    private static Comparator<String> byUtf8() {
        return (one, other) ->
                Arrays.compareUnsigned(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void whatNamesHaveInCommonBehindADelimiterIsListedOnce() throws IOException {
        for (String name :
                List.of("grouped/a", "grouped/b/1", "grouped/b/2", "grouped/b!", "grouped/c/d/e", "grouped/ä/x")) {
            chain.client().put(name, new ByteArrayInputStream(new byte[] {1}));
        }
        chain.client().put("grouped/gone/x", new ByteArrayInputStream(new byte[] {1}));
        chain.client().delete("grouped/gone/x");

        for (String node : TestChain.NODES) {
            Rest.Answer page =
                    rest.get(URI.create(chain.cluster().nodeUrl(node) + "/v1/files?prefix=grouped/&delimiter=/"));
            assertThat(Rest.names(page)).as(node).containsExactly("grouped/a", "grouped/b!");
            assertThat(prefixes(page)).containsExactly("grouped/b/", "grouped/c/", "grouped/ä/");
        }
        ListOptions one = ListOptions.prefix("grouped/").withDelimiter("/").withLimit(1);
        List<String> all = new ArrayList<>();
        ListPage page = chain.client().list(one);
        while (true) {
            page.files().forEach(file -> all.add(file.name()));
            all.addAll(page.prefixes());
            if (page.last()) {
                break;
            }
            page = chain.client().list(one.withCursor(page.nextCursor()));
        }
        assertThat(all).containsExactly("grouped/a", "grouped/b!", "grouped/b/", "grouped/c/", "grouped/ä/");
    }

    private static List<String> prefixes(Rest.Answer listing) {
        return listing.json().getAsJsonArray("prefixes").asList().stream()
                .map(JsonElement::getAsString)
                .toList();
    }
}
