#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace workbook {

/// A page of metrics as a strict reader takes it: stricter than promtool, which accepts buckets that
/// do not add up, and series that come twice. Source: Prometheus, "Exposition formats".
class metrics_page {
 public:
  explicit metrics_page(const std::string& text) {
    if (!text.ends_with('\n')) object("the last line does not end in a line feed", "");
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) read(line);
    check_histograms();
  }

  /// @returns what is wrong with it, a line for each mistake.
  [[nodiscard]] const std::string& mistakes() const { return mistakes_; }

  /// @returns the value of a series, `name{label="value"}` as on the page; -1 if there is none.
  [[nodiscard]] double value(const std::string& series) const {
    const auto found = values_.find(series);
    return found == values_.end() ? -1 : found->second;
  }

  [[nodiscard]] std::size_t series() const { return values_.size(); }

 private:
  void object(const std::string& what, const std::string& where) {
    mistakes_ += what + (where.empty() ? "" : ": " + where) + "\n";
  }

  void read(const std::string& line) {
    if (line.find('\r') != line.npos) return object("a carriage return", line);
    if (line.empty()) return object("an empty line", line);
    std::istringstream words(line);
    std::string mark;
    std::string kind;
    std::string name;
    std::string type;
    if (line.starts_with("# ")) {
      words >> mark >> kind >> name >> type;
      if (kind == "HELP" && !helped_.insert(name).second) object("a family that comes twice", line);
      if (kind == "TYPE") begin_family(name, type);
      return;
    }
    read_sample(line);
  }

  void begin_family(const std::string& name, const std::string& type) {
    if (!types_.emplace(name, type).second) object("a family that comes twice", name);
    if (!helped_.contains(name)) object("a family without a HELP line before its TYPE", name);
    if (type != "counter" && type != "gauge" && type != "histogram") object("a strange type", type);
    if ((type == "counter") != name.ends_with("_total"))
      object("a counter, and only one, is _total", name);
    for (const std::string_view unit : {"_ms", "_milliseconds", "_sec", "_us"}) {
      if (name.ends_with(unit)) object("a unit that is not the base unit", name);
    }
    family_ = name;
  }

  void read_sample(const std::string& line) {
    const auto blank = line.rfind(' ');
    if (blank == line.npos || blank == 0) return object("no sample", line);
    const std::string series = line.substr(0, blank);
    const std::string name = series.substr(0, series.find('{'));
    const std::string& type = types_[family_];
    const bool of_histogram =
        type == "histogram" &&
        (name == family_ + "_bucket" || name == family_ + "_sum" || name == family_ + "_count");
    if (type == "histogram" ? !of_histogram : name != family_)
      object("a sample outside its family", line);
    try {
      std::size_t end = 0;
      const double value = std::stod(line.substr(blank + 1), &end);
      if (end != line.size() - blank - 1) object("no number", line);
      if (!values_.emplace(series, value).second) object("a series that comes twice", series);
      if (name == family_ + "_bucket") buckets_[family_].push_back({series, value});
    } catch (const std::exception&) {
      object("no number", line);
    }
  }

  void check_histograms() {
    for (const auto& [family, type] : types_) {
      if (type != "histogram") continue;
      const auto& buckets = buckets_[family];
      if (buckets.empty() || buckets.back().series != family + "_bucket{le=\"+Inf\"}") {
        object("a histogram without a last bucket +Inf", family);
        continue;
      }
      for (std::size_t i = 1; i < buckets.size(); ++i) {
        if (buckets[i].value < buckets[i - 1].value)
          object("buckets that do not add up", buckets[i].series);
      }
      if (buckets.back().value != value(family + "_count")) object("+Inf is not the count", family);
      if (!values_.contains(family + "_sum")) object("a histogram without a sum", family);
    }
  }

  struct bucket {
    std::string series;
    double value;
  };

  std::string family_;  // the present one
  std::set<std::string> helped_;
  std::map<std::string, std::string> types_;
  std::map<std::string, double> values_;
  std::map<std::string, std::vector<bucket>> buckets_;
  std::string mistakes_;
};

}  // namespace workbook
