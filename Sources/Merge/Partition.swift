extension RandomAccessCollection where Index == Int {
  /// The first place whose element, like all behind it, fulfils a condition that none before it does; the end if none.
  func partitioningIndex(where belongsBehind: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if belongsBehind(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
