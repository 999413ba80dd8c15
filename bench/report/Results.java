import com.google.gson.GsonBuilder;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSerializer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what the scripts have written for the reports, and formats what the reports have in common. */
final class Results {
    private Results() {}

    /** Returns the lines of a file; none if it does not exist. */
    static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    /** Reads lines that consist of a key, a tab and a value. */
    static Map<String, String> pairs(Path file) throws IOException {
        Map<String, String> pairs = new LinkedHashMap<>();
        for (String line : lines(file)) {
            String[] fields = line.split("\t", 2);
            pairs.put(fields[0], fields[1]);
        }
        return pairs;
    }

    /** Returns the JSON that a command has printed; empty if it failed before that. */
    static Optional<JsonObject> object(Path file) throws IOException {
        String text = Files.exists(file) ? Files.readString(file) : "";
        return text.isBlank()
                ? Optional.empty()
                : Optional.of(JsonParser.parseString(text).getAsJsonObject());
    }

    static String list(Map<String, String> pairs) {
        StringBuilder text = new StringBuilder();
        pairs.forEach((key, value) -> text.append("- ").append(key).append(": ").append(value).append('\n'));
        return text.toString();
    }

    /** Lists the steps that could not be done, if there are any. */
    static String leftOut(List<String> steps) {
        return steps.isEmpty() ? "" : "\nLeft out:\n- " + String.join("\n- ", steps) + "\n";
    }

    static String json(Object value) {
        return new GsonBuilder()
                        .setPrettyPrinting()
                        .disableHtmlEscaping()
                        .registerTypeHierarchyAdapter(
                                Optional.class,
                                (JsonSerializer<Optional<?>>)
                                        (optional, type, context) -> context.serialize(optional.orElse(null)))
                        .create()
                        .toJson(value)
                + "\n";
    }
}
