package org.craq.system;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.swagger.v3.parser.OpenAPIV3Parser;
import io.swagger.v3.parser.core.models.ParseOptions;
import io.swagger.v3.parser.core.models.SwaggerParseResult;
import jakarta.ws.rs.BeanParam;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.lang.annotation.Annotation;
import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.craq.server.OpenApiResource;
import org.craq.wire.ErrorCode;
import org.junit.jupiter.api.Test;

/**
 * Compares the OpenAPI document with the resources of both deployments: operations, parameters and fields must be the
 * same.
 */
class OpenApiTest {
    /** Served by servlets, which have no annotations to compare. */
    private static final Set<String> SERVLETS = Set.of("GET /health/live", "GET /health/ready", "GET /metrics");

    private static final Set<String> NOT_OF_A_RECORD = Set.of("Health", "Transaction", "Step");

    private final JsonObject document = document();

    private static JsonObject document() {
        try (Reader text = new InputStreamReader(
                OpenApiResource.class.getResourceAsStream("openapi.json"), StandardCharsets.UTF_8)) {
            return JsonParser.parseReader(text).getAsJsonObject();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    // ---- the resources ----

    private static Set<Class<?>> resources() {
        Set<Class<?>> resources = new HashSet<>(new org.craq.node.RestApplication().getClasses());
        resources.addAll(new org.craq.manager.RestApplication().getClasses());
        // The manager's redirects to the nodes; another test shows that they have the same methods.
        resources.remove(org.craq.manager.routing.FileRedirects.class);
        resources.removeIf(type -> !type.isAnnotationPresent(Path.class));
        return resources;
    }

    /** Returns the parameters, such as "query limit", by operation, such as "GET /files". */
    private static Map<String, Set<String>> served() {
        Map<String, Set<String>> served = new TreeMap<>();
        for (Class<?> resource : resources()) {
            for (Method method : resource.getDeclaredMethods()) {
                httpMethod(method).forEach(verb -> served.computeIfAbsent(
                                verb + " " + path(resource, method), operation -> new TreeSet<>())
                        .addAll(parameters(resource, method)));
            }
        }
        return served;
    }

    private static List<String> httpMethod(Method method) {
        return Arrays.stream(method.getAnnotations())
                .map(Annotation::annotationType)
                .filter(type -> type.isAnnotationPresent(HttpMethod.class))
                .map(type -> type.getAnnotation(HttpMethod.class).value())
                .toList();
    }

    /** Returns the path without the patterns for the variables of the template. */
    private static String path(Class<?> resource, Method method) {
        String path = "/" + resource.getAnnotation(Path.class).value();
        if (method.isAnnotationPresent(Path.class)) {
            path += "/" + method.getAnnotation(Path.class).value();
        }
        return path.replaceAll("\\{(\\w+):[^}]*}", "{$1}");
    }

    private static Set<String> parameters(Class<?> resource, Method method) {
        Set<String> parameters = new TreeSet<>();
        for (Parameter parameter : method.getParameters()) {
            parameter(parameter).forEach(parameters::add);
            if (parameter.isAnnotationPresent(BeanParam.class)) {
                fields(parameter.getType()).forEach(parameters::add);
            }
        }
        fields(resource).forEach(parameters::add);
        return parameters;
    }

    private static Stream<String> fields(Class<?> type) {
        return Arrays.stream(type.getDeclaredFields()).flatMap((Field field) -> parameter(field));
    }

    private static Stream<String> parameter(AnnotatedElement element) {
        List<String> found = new ArrayList<>();
        if (element.isAnnotationPresent(QueryParam.class)) {
            found.add("query " + element.getAnnotation(QueryParam.class).value());
        }
        if (element.isAnnotationPresent(HeaderParam.class)) {
            found.add("header " + element.getAnnotation(HeaderParam.class).value());
        }
        if (element.isAnnotationPresent(PathParam.class)) {
            found.add("path " + element.getAnnotation(PathParam.class).value());
        }
        return found.stream();
    }

    // ---- the document ----

    private Map<String, Set<String>> documented() {
        Map<String, Set<String>> documented = new TreeMap<>();
        JsonObject paths = document.getAsJsonObject("paths");
        for (String path : paths.keySet()) {
            JsonObject item = paths.getAsJsonObject(path);
            for (String verb : Set.of("get", "head", "put", "post", "delete", "patch", "options")) {
                if (item.has(verb)) {
                    Set<String> parameters = new TreeSet<>(parameters(item));
                    parameters.addAll(parameters(item.getAsJsonObject(verb)));
                    documented.put(verb.toUpperCase(java.util.Locale.ROOT) + " " + path, parameters);
                }
            }
        }
        return documented;
    }

    private List<String> parameters(JsonObject holder) {
        JsonArray parameters = holder.has("parameters") ? holder.getAsJsonArray("parameters") : new JsonArray();
        return parameters.asList().stream()
                .map(parameter -> resolved(parameter.getAsJsonObject()))
                .map(parameter -> parameter.get("in").getAsString() + " "
                        + parameter.get("name").getAsString())
                .toList();
    }

    private JsonObject resolved(JsonObject object) {
        return object.has("$ref") ? target(object.get("$ref").getAsString()) : object;
    }

    private JsonObject target(String reference) {
        assertThat(reference).startsWith("#/");
        JsonObject at = document;
        for (String step : reference.substring(2).split("/", -1)) {
            at = at.getAsJsonObject(step);
            assertThat(at).as(reference).isNotNull();
        }
        return at;
    }

    private static Stream<String> references(JsonElement element) {
        if (element.isJsonArray()) {
            return element.getAsJsonArray().asList().stream().flatMap(OpenApiTest::references);
        }
        if (!element.isJsonObject()) {
            return Stream.empty();
        }
        JsonObject object = element.getAsJsonObject();
        return object.has("$ref")
                ? Stream.of(object.get("$ref").getAsString())
                : object.asMap().values().stream().flatMap(OpenApiTest::references);
    }

    // ---- the comparison ----

    @Test
    void aPublicParserFindsNothingWrong() {
        ParseOptions strict = new ParseOptions();
        strict.setResolve(true);
        SwaggerParseResult result = new OpenAPIV3Parser().readContents(document.toString(), List.of(), strict);
        assertThat(result.getMessages()).isEmpty();
        assertThat(result.getOpenAPI().getPaths())
                .hasSameSizeAs(document.getAsJsonObject("paths").keySet());
    }

    @Test
    void everyOperationIsDocumentedAndNoOther() {
        Set<String> expected = new TreeSet<>(served().keySet());
        expected.addAll(SERVLETS);
        assertThat(documented().keySet()).isEqualTo(expected);
    }

    @Test
    void theManagerSendsOnTheSameMethods() {
        Set<String> redirected = new TreeSet<>();
        for (Method method : org.craq.manager.routing.FileRedirects.class.getDeclaredMethods()) {
            redirected.addAll(httpMethod(method));
        }
        Set<String> ofFiles = new TreeSet<>();
        documented().keySet().stream()
                .filter(operation -> operation.contains(" /files") || operation.contains(" /transactions"))
                .forEach(operation -> ofFiles.add(operation.replaceFirst(" .*", "")));
        assertThat(redirected).isEqualTo(ofFiles);
    }

    @Test
    void everyParameterIsDocumentedAndNoQueryThatNobodyReads() {
        Map<String, Set<String>> documented = documented();
        served().forEach((operation, parameters) -> {
            assertThat(documented.get(operation)).as(operation).containsAll(parameters);
            assertThat(documented.get(operation))
                    .as("queries of " + operation)
                    .filteredOn(parameter -> parameter.startsWith("query "))
                    .isSubsetOf(parameters);
        });
    }

    @Test
    void everySchemaHasTheFieldsOfItsRecord() {
        Map<String, JsonElement> schemas = document.getAsJsonObject("components")
                .getAsJsonObject("schemas")
                .asMap();
        List<Set<String>> records = records();
        schemas.forEach((name, schema) -> {
            if (!NOT_OF_A_RECORD.contains(name)) {
                assertThat(records)
                        .as("fields of schema " + name)
                        .contains(schema.getAsJsonObject()
                                .getAsJsonObject("properties")
                                .keySet());
            }
        });
        assertThat(schemas).hasSize(records.size() + NOT_OF_A_RECORD.size());
    }

    /** Returns the component names of every record that occurs in an answer. */
    private static List<Set<String>> records() {
        Set<Class<?>> found = new HashSet<>();
        for (Class<?> answer : List.of(
                org.craq.node.rest.FileListing.class,
                org.craq.node.rest.FileListing.Receipt.class,
                org.craq.node.rest.TransactionsResource.Receipts.class,
                org.craq.node.rest.VersionListing.class,
                org.craq.node.admin.StatusResource.NodeStatus.class,
                org.craq.node.admin.ScrubResource.ScrubStatus.class,
                org.craq.node.admin.DigestResource.Page.class,
                org.craq.manager.admin.ManagerStatusView.class,
                org.craq.manager.admin.ManagersView.class,
                org.craq.manager.admin.ChainsView.class,
                org.craq.manager.admin.NodesView.class,
                org.craq.manager.admin.PlanView.class,
                org.craq.manager.admin.AuthResource.TokenView.class,
                org.craq.manager.admin.AuthResource.PresignedView.class,
                org.craq.manager.admin.AuthResource.CallerView.class,
                org.craq.manager.admin.UserView.UsersView.class,
                org.craq.manager.admin.QuotasResource.QuotasView.class,
                org.craq.node.admin.UsageResource.UsageView.class,
                org.craq.server.LogLevelsResource.LogLevels.class,
                org.craq.server.Problem.class)) {
            collect(answer, found);
        }
        return found.stream()
                .map(type -> {
                    Set<String> names = new HashSet<>();
                    for (RecordComponent component : type.getRecordComponents()) {
                        names.add(component.getName());
                    }
                    return names;
                })
                .toList();
    }

    private static void collect(Class<?> type, Set<Class<?>> found) {
        if (!type.isRecord() || !found.add(type)) {
            return;
        }
        for (RecordComponent component : type.getRecordComponents()) {
            collect(component.getType(), found);
            if (component.getGenericType() instanceof java.lang.reflect.ParameterizedType generic) {
                for (java.lang.reflect.Type argument : generic.getActualTypeArguments()) {
                    if (argument instanceof Class<?> element) {
                        collect(element, found);
                    }
                }
            }
        }
    }

    @Test
    void everyErrorCodeIsListed() {
        JsonArray codes = target("#/components/schemas/Problem/properties/code").getAsJsonArray("enum");
        assertThat(codes.asList().stream().map(JsonElement::getAsString))
                .containsExactlyElementsOf(
                        Arrays.stream(ErrorCode.values()).map(ErrorCode::name).toList());
    }

    @Test
    void everyReferenceLeadsSomewhereAndNothingIsLeftOver() {
        Set<String> used = new HashSet<>(references(document).toList());
        used.forEach(this::target);
        document.getAsJsonArray("security").forEach(scheme -> scheme.getAsJsonObject()
                .keySet()
                .forEach(name -> used.add("#/components/securitySchemes/" + name)));
        JsonObject components = document.getAsJsonObject("components");
        for (String kind : components.keySet()) {
            for (String name : components.getAsJsonObject(kind).keySet()) {
                assertThat(used).contains("#/components/" + kind + "/" + name);
            }
        }
    }

    @Test
    void everyOperationHasANameOfItsOwn() {
        List<String> names = new ArrayList<>();
        document.getAsJsonObject("paths")
                .asMap()
                .values()
                .forEach(item -> item.getAsJsonObject().asMap().values().stream()
                        .filter(JsonElement::isJsonObject)
                        .forEach(operation -> names.add(
                                operation.getAsJsonObject().get("operationId").getAsString())));
        assertThat(names).doesNotHaveDuplicates().hasSize(documented().size());
    }
}
